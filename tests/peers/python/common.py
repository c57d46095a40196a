"""What the tests share: each test runs with the plain client and with the one for asyncio."""

import base64
import inspect
import json
import os
import re
import unittest

CONNECTION_STRING = os.environ.get("CONVENE_CONNECTION_STRING", "")
CA = os.environ.get("CONVENE_CA", "")


def connection_string_with_another_key() -> str:
    key = base64.b64encode(bytes([7]) * 64).decode()
    return re.sub("accesskey=.*", f"accesskey={key}", CONNECTION_STRING)


def claims(token: str) -> dict:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def done(result):
    """What a method gives: at once, or after waiting for it."""
    return await result if inspect.isawaitable(result) else result


async def every(pages) -> list:
    """All items of a list that comes page by page."""
    if hasattr(pages, "__aiter__"):
        return [item async for item in pages]
    return list(pages)


class PeerTest(unittest.IsolatedAsyncioTestCase):
    """Makes a client of `client_class` for each test, and closes it."""

    client_class = None

    async def asyncSetUp(self):
        self.client = self.open(CONNECTION_STRING)
        # The connections of the plain client are closed with it.
        self.addAsyncCleanup(self.close, self.client)

    def open(self, connection_string: str):
        return self.client_class.from_connection_string(connection_string, connection_verify=CA, retry_total=0)

    async def close(self, client):
        if hasattr(client, "__aexit__"):
            await client.__aexit__(None, None, None)
        elif hasattr(client, "__exit__"):
            client.__exit__(None, None, None)

    async def refused(self, call, error_class, status: int, code: str):
        """Expects a documented failure; `call` is made here, since the plain client fails at once."""
        with self.assertRaises(error_class) as caught:
            await done(call())
        self.assertEqual((caught.exception.status_code, caught.exception.error.code), (status, code), caught.exception)
