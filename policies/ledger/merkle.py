"""The Merkle tree of RFC 6962, section 2.1: roots and proofs over SHA-256. Pure."""

from hashlib import sha256

# Hashes in a full tile, each of a subtree eight levels below (C2SP tlog-tiles).
TILE_WIDTH = 256
TILE_HEIGHT = 8


def _middle(start: int, end: int) -> int:
    """Return where the tree divides leaves: the left part is the largest power of two below all."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


class Tree:
    """A tree that only grows. Indexes of leaves begin with 0.

    Only the hashes of complete subtrees are kept: _levels[height][index] is that of the subtree of
    2**height leaves that begins with leaf index * 2**height. All others follow from these.
    """

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        hashes, count = [sha256(b"\x00" + leaf).digest()], self.size + 1
        while count % 2 == 0:
            left, right = self._levels[len(hashes) - 1][-1], hashes[-1]
            hashes.append(sha256(b"\x01" + left + right).digest())
            count //= 2
        if len(hashes) > len(self._levels):
            self._levels.append([])
        # The leaf last: other threads count it when all that is above it is there.
        for height in reversed(range(len(hashes))):
            self._levels[height].append(hashes[height])

    def root(self, size: int) -> bytes:
        """Return the root of the tree of the first `size` leaves."""
        return self._hash(0, size) if size else sha256().digest()

    def _hash(self, start: int, end: int) -> bytes:
        height = (end - start).bit_length() - 1
        if end - start == 1 << height:
            return self._levels[height][start >> height]
        middle = _middle(start, end)
        return sha256(b"\x01" + self._hash(start, middle) + self._hash(middle, end)).digest()

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree of the first `size` leaves (2.1.1)."""
        return self._proof(index, index + 1, size)

    def consistency_proof(self, old: int, size: int) -> list[bytes]:
        """Return the proof that the tree of `size` leaves begins with that of `old` (2.1.2)."""
        return self._proof(0, old, size) if old else []

    def _proof(self, first: int, last: int, size: int) -> list[bytes]:
        """Return the hashes beside the way down to the part of the tree that ends with leaf `last`
        and begins with `first` or later; and last of all that part, if it begins later.
        """
        hashes, start, end = list[bytes](), 0, size
        while end > last or start < first:
            middle = _middle(start, end)
            if last <= middle:
                hashes.append(self._hash(middle, end))
                end = middle
            else:
                hashes.append(self._hash(start, middle))
                start = middle
        rest = [self._hash(start, end)] if start > first else []
        return [*rest, *hashes[::-1]]

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return a tile's first `width` hashes; b"" if the tree does not have them all yet."""
        height, first = level * TILE_HEIGHT, index * TILE_WIDTH
        hashes = self._levels[height][first : first + width] if height < len(self._levels) else []
        return b"".join(hashes) if len(hashes) == width else b""
