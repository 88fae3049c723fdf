// Passkeys: a form whose answer the device gives. `form[data-passkey="create" | "get"]` holds a hidden field `credential`;
// the options lie on the page (#passkey-options) or are fetched from `data-options`. Texts come from the form's data.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));

// A passkey belongs to a name: an address of digits, as of the demo, can have none.
const isSupported = () => "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(location.hostname);

const ceremonies = {
  async create({ publicKey: options }) {
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      // A key that the device finds by itself lets its owner in without e-mail and password.
      authenticatorSelection: { ...options.authenticatorSelection, residentKey: "preferred", requireResidentKey: false },
    };
    const made = await navigator.credentials.create({ publicKey });
    return answer(made, { attestationObject: toText(made.response.attestationObject), transports: made.response.getTransports?.() ?? [] });
  },
  async get({ publicKey: options }) {
    const publicKey = { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
    const found = await navigator.credentials.get({ publicKey });
    const { authenticatorData, signature, userHandle } = found.response;
    return answer(found, {
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle && toText(userHandle),
    });
  },
};

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
  };
}

async function optionsOf(form) {
  const { creation_options: creation, request_options: request } = form.dataset.options
    ? await fetched(form.dataset.options)
    : JSON.parse(document.getElementById("passkey-options").textContent);
  return creation ?? request;
}

async function fetched(address) {
  const reply = await fetch(address, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error("no options");
  return reply.json();
}

async function ask(form) {
  const problem = form.querySelector("[data-passkey-error]");
  problem.hidden = true;
  try {
    const options = await optionsOf(form);
    form.elements.credential.value = JSON.stringify(await ceremonies[form.dataset.passkey](options));
    form.submit();
  } catch (error) {
    problem.textContent = error.name === "InvalidStateError" ? form.dataset.known : form.dataset.refused;
    problem.hidden = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (isSupported()) form.hidden = false;
  else if (form.querySelector("[data-passkey-error]") && !form.hidden) {
    const problem = form.querySelector("[data-passkey-error]");
    problem.textContent = form.dataset.unsupported;
    problem.hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
