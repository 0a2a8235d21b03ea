// CRC-32, as policies/staff/editing.py has it of the base.
export function checksum(text) {
  let sum = -1;
  for (const byte of new TextEncoder().encode(text)) sum = (sum >>> 8) ^ OF_BYTE[(sum ^ byte) & 255];
  return ~sum >>> 0;
}

const OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0xedb88320 : 0);
  return byte;
});
