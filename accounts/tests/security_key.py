"""A security key in software, which asks for no finger and no PIN."""

from __future__ import annotations

import json
import secrets
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User

HOST = "localhost"
FLAG = AuthenticatorData.FLAG


class SecurityKey:
    def __init__(self) -> None:
        self._secret, self._id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)

    def belongs_to(self, user: User) -> None:
        public = ES256.from_cryptography_key(self._secret.public_key())
        known = AttestedCredentialData.create(bytes(16), self._id, public)
        data = AuthenticatorData.create(sha256(HOST.encode()), FLAG.UP | FLAG.AT, 0, known)
        made = AttestationObject.create("none", data, {})
        answer = {
            "clientDataJSON": websafe_encode(_asked("create", "")),
            "attestationObject": websafe_encode(made),
        }
        WebAuthn.add(user, "Key", self._named(answer))

    def answer(self, client: Client, user: User, *, flags: FLAG = FLAG.UP) -> str:
        """To the question that waits in this client's session."""
        data = AuthenticatorData.create(sha256(HOST.encode()), flags, 1)
        asked = _asked("get", client.session["mfa.webauthn.state"]["challenge"])
        answer = {
            "clientDataJSON": websafe_encode(asked),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self._secret.sign(data + asked.hash, ec.ECDSA(hashes.SHA256()))),
            "userHandle": websafe_encode(user_pk_to_url_str(user).encode()),
        }
        return json.dumps(self._named(answer))

    def _named(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self._id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def _asked(what: str, challenge: str) -> CollectedClientData:
    return CollectedClientData.create(f"webauthn.{what}", challenge, f"https://{HOST}")
