// Asks the browser for a passkey when the button for that is pressed, and sends the form with it.

const SECURITY = "Passkeys don’t work at this address. Open the site at the address to which its e-mails lead.";
const OF_CREATING = {
  InvalidStateError: "There is a passkey for your account here already. Choose another device or security key.",
  NotAllowedError: "No passkey was created: you cancelled, or it took too long. Try again.",
  NotSupportedError: "This device can’t check who uses a passkey. Choose another device or a security key with a PIN.",
  SecurityError: SECURITY,
};
const OF_USING = {
  NotAllowedError: "No passkey was used: you cancelled, it took too long, or this device has none for this site. Try again.",
  SecurityError: SECURITY,
};
const FAILED = "That did not work. Load this page again, then try once more.";

for (const place of document.querySelectorAll("[data-passkey]")) {
  const [input, button, message] = place.children;
  const { form } = button;
  place.hidden = !globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;
  window.addEventListener("pageshow", () => { input.value = ""; }); // also after the browser went back
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button || input.value) return;
    event.preventDefault();
    message.hidden = true;
    const { options, passkey: address } = place.dataset;
    try {
      const passkey = options ? await create(options) : await get(address, form);
      input.value = JSON.stringify(passkey);
    } catch (error) {
      message.hidden = false;
      message.textContent = (options ? OF_CREATING : OF_USING)[error.name] ?? FAILED;
      return;
    }
    form.requestSubmit(button);
  });
}

function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
  return navigator.credentials.create({ publicKey });
}

async function get(address, { elements }) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: elements.csrfmiddlewaretoken.value });
  const headers = { Accept: "application/json" };
  const response = await fetch(address, { method: "POST", headers, body });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await response.json());
  return navigator.credentials.get({ publicKey });
}
