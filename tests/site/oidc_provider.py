"""An OpenID provider on 127.0.0.1 for tests: it signs whatever a test asks of it."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import OKPKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "policies", "a-secret-of-the-client"
ANSWER = "/admin/sign-on/answer/"


@cache
def rsa_key(kid="rsa"):
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def ed25519_key():
    return OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})


def signed(claims, *, alg="RS256", key=None):
    key = key or {"RS256": rsa_key, "Ed25519": ed25519_key}[alg]()
    header = {"alg": alg, "kid": key.kid}
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jwt.encode(header, claims, key, registry=registry)


def unsigned(claims):
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(claims):
    """Return a token signed by HS256, whose secret is the public key that everybody can read."""
    start = f"{_part({'alg': 'HS256', 'kid': rsa_key().kid})}.{_part(claims)}"
    digest = hmac.digest(rsa_key().as_pem(private=False), start.encode(), "sha256")
    return f"{start}.{_base64url(digest)}"


def _part(value):
    return _base64url(json.dumps(value).encode())


def _base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Provider(ThreadingHTTPServer):
    """codes: what each code is exchanged for. refreshing: the claims that each refresh token gives.
    disabled: the subjects that get no more tokens. requests: the forms that came to /token. person:
    the subject of whom a browser at /authorize belongs to; they needn't do anything there.
    meanwhile: called before each answer of /token. says_instead: that answer, and its status.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.codes, self.refreshing, self.disabled, self.requests = {}, {}, set(), []
        self.keys = [rsa_key(), ed25519_key()]
        self.person, self.meanwhile = None, lambda: None
        self.metadata, self.says_instead, self.gives_refresh_tokens = {}, None, True
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()

    def claims(self, sub, **more):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": sub, "iat": now, "exp": now + 300}
        claims |= {"auth_time": now, **more}
        return {name: value for name, value in claims.items() if value is not None}

    def code(self, asked, sub, *, sign=signed, **claims):
        """Return a code for a person who was sent to /authorize with the parameters `asked`."""
        code = secrets.token_urlsafe(8)
        claims = self.claims(sub, **{"nonce": asked["nonce"], **claims})
        self.codes[code] = (asked, sign, claims)
        return code


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        issuer = self.server.issuer
        if self.path == "/jwks":
            return self._send({"keys": [key.as_dict(private=False) for key in self.server.keys]})
        path, _, query = self.path.partition("?")
        if path == "/authorize":
            asked = {name: value[0] for name, value in parse_qs(query).items()}
            code = self.server.code(asked, self.server.person)
            answer = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{answer}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        return self._send(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "end_session_endpoint": f"{issuer}/logout",
                # What it would accept must not decide what we accept.
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **self.server.metadata,
            }
        )

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = {
            name: value[0] for name, value in parse_qs(self.rfile.read(length).decode()).items()
        }
        self.server.requests.append(form)
        self.server.meanwhile()
        if self.server.says_instead:
            return self._send(*self.server.says_instead)
        secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {secret}":
            return self._send({"error": "invalid_client"}, 401)
        if form["grant_type"] == "refresh_token":
            return self._refresh(form["refresh_token"])
        asked, sign, claims = self.server.codes.pop(form["code"], ({}, None, {}))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _base64url(digest)
        if asked.get("code_challenge") != challenge or asked["code_challenge_method"] != "S256":
            return self._send({"error": "invalid_grant"}, 400)
        return self._tokens(sign, claims)

    def _refresh(self, token):
        claims = self.server.refreshing.pop(token, None)
        if claims is None or claims["sub"] in self.server.disabled:
            return self._send({"error": "invalid_grant"}, 400)
        return self._tokens(signed, {**claims, "exp": int(time.time()) + 300})

    def _tokens(self, sign, claims):
        tokens = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 60}
        if self.server.gives_refresh_tokens:
            tokens["refresh_token"] = secrets.token_urlsafe(8)
            renewed = {name: value for name, value in claims.items() if name != "nonce"}
            self.server.refreshing[tokens["refresh_token"]] = renewed
        return self._send({**tokens, "id_token": sign(claims)})

    def _send(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def query_of(response):
    assert response.status_code == 302, response.content.decode()
    return {
        name: value[0] for name, value in parse_qs(urlsplit(response["Location"]).query).items()
    }


def go(client, **query):
    """Set out for the provider; return what it is asked."""
    return query_of(client.get("/admin/sign-on/", query))


def come_back(client, asked, code, **more):
    return client.get(ANSWER, {"code": code, "state": asked["state"], **more})


def sign_on(provider, client, sub, *, query=(), **claims):
    """Log in at the provider as a person, and come back."""
    asked = go(client, **dict(query))
    return come_back(client, asked, provider.code(asked, sub, **claims))
