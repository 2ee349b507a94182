// Passkeys: the one thing here that no form can do by itself. <form data-passkey="get"> asks a passkey to answer the challenge,
// "create" makes a new one; the answer goes into the form's hidden fields and the form is sent. Without script, or where the
// browser has no passkeys, the form stays hidden: codes are the way without.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const keys = (list) => (list ? list.split(' ').map((id) => ({ type: 'public-key', id: bytes(id) })) : []);

const ways = {
  get: ({ challenge, site, known }) => navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId: site, allowCredentials: keys(known), userVerification: 'required' },
  }),
  create: ({ challenge, site, known, account, login }) => navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: site, name: 'Ausma' },
      user: { id: bytes(account), name: login, displayName: login },
      pubKeyCredParams: [-7, -257, -8].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: keys(known),
      authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' },
      attestation: 'none',
    },
  }),
};

function fill(form, { rawId, response }) {
  const answer = {
    credential: rawId,
    client: response.clientDataJSON,
    authenticator: response.authenticatorData ?? response.getAuthenticatorData(),
    signature: response.signature ?? new ArrayBuffer(0),
  };
  for (const [name, value] of Object.entries(answer)) form.elements[name].value = text(value);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const trouble = form.querySelector('[data-trouble]');
  let answered = false;
  form.addEventListener('submit', async (event) => {
    if (answered) return;
    event.preventDefault();
    trouble.hidden = true;
    try {
      fill(form, await ways[form.dataset.passkey](form.dataset));
      answered = true;
    } catch {
      trouble.hidden = false;
      return;
    }
    form.requestSubmit();
  });
}
