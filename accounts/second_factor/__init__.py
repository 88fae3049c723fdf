"""Sign-in in two steps: codes of an app, passkeys, recovery codes, and who must have one of them."""
