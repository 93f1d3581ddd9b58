"""Ask a public service politely: wait as it asks, try again where that helps, and say what is wrong.

A service may want a key in the address, so nothing here shows an address that was sent. Standard library
only: urllib.request logs nothing, where other HTTP libraries log each address at DEBUG or INFO. Its own
exceptions carry the address too; so they end in ``Service._send``, and what is raised here is raised outside
their ``except`` blocks: nothing is chained that could tell.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import Message

__all__ = ["Answer", "Attempts", "Connection", "DownloadError", "Hidden", "Service"]

_MOVED = {301, 302, 303, 307, 308}
_PASSING = {408, 500, 502, 503, 504}  # worth another attempt
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_MOST_REDIRECTS = 5


class DownloadError(ScreeningError):
    """A service did not give what was asked; the message says why and what to do."""


class Hidden:
    """A text that no print, log line or traceback with local variables shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"<{type(self).__name__.strip('_')}, hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written to a file or sent to another process")

    def reveal(self) -> str:
        """Give the text itself, for the request line alone."""
        return self._text


class _Address(Hidden):
    """An address, perhaps with a key in it."""

    __slots__ = ()


@dataclass(frozen=True)
class Connection:
    """How to reach a service and how patient to be.

    Parameters
    ----------
    base_url
        Address of the service; https, or a server on this machine.
    attempts
        Attempts in a row without progress before giving up. [1]
    timeout_s
        How long a silent server is waited for. [s]
    first_wait_s
        Wait before the second attempt; each further wait is twice as long. [s]
    longest_wait_s
        A server that asks for a longer wait than this is not waited for. [s]
    sleep
        What waits; tests count instead.
    proxies
        Proxy per scheme as ``urllib.request.getproxies`` gives them; the border reads them.
    """

    base_url: str
    attempts: int = 5
    timeout_s: float = 60.0
    first_wait_s: float = 2.0
    longest_wait_s: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a password

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not is_safe or not parts.hostname or parts.query or not self.base_url.isascii():
            raise DownloadError(
                "The address of a service must begin with https:// and have no ? in it: what is asked, and"
                " with some a key, travels with it."
            )


@dataclass(frozen=True)
class _Fault:
    """Why there is no answer."""

    text: str
    is_final: bool = False


class Answer:
    """What the server answers: status, headers and a body that may break off.

    Parameters
    ----------
    response
        The answer of the standard library, which still knows the address.
    """

    def __init__(self, response: HTTPResponse) -> None:
        response.url = ""  # it holds the key
        self._response = response
        self.status = response.status
        self.headers: Message = response.headers
        length = self.headers.get("Content-Length", "")
        self._left = int(length) if length.isdigit() else None
        self.fault: str | None = None

    def read(self, size: int) -> bytes:
        """Read up to so many bytes; empty at the end, and also when broken off: then ``fault`` says how."""
        try:
            chunk = self._response.read(size)
        except (OSError, HTTPException) as error:
            self.fault = _told(error)
            return b""
        if self._left is not None:
            self._left -= len(chunk)
            if not chunk and self._left > 0:
                self.fault = "the connection broke off"
        return chunk

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()


class Attempts:
    """Counts attempts without progress and waits between them.

    Parameters
    ----------
    connection
        How patient to be.
    doing
        What is attempted, as the error begins: "Fetching x.zip".
    """

    def __init__(self, connection: Connection, doing: str) -> None:
        self._connection = connection
        self._doing = doing
        self._failed = 0
        self.refused = 0

    def progressed(self) -> None:
        """Start counting anew: the last attempt brought us further."""
        self._failed = self.refused = 0

    def again(self, fault: str, wait_s: float | None = None) -> None:
        """Wait before the next attempt, or raise with the last fault when there is none left."""
        self._failed += 1
        if self._failed >= self._connection.attempts:
            raise self.error(
                f"{fault} (attempt {self._failed}). Run the command again later; what came is kept."
            )
        if wait_s is None:
            wait_s = self._connection.first_wait_s * 2 ** (self._failed - 1)
            wait_s = min(wait_s, self._connection.longest_wait_s)
        if wait_s > self._connection.longest_wait_s:
            raise self.error(f"{fault} and asks to wait {wait_s:.0f} s. Run the command again after that.")
        if wait_s > 0:
            self._connection.sleep(wait_s)

    def error(self, why: str) -> DownloadError:
        """Write the error that ends the attempts."""
        return DownloadError(f"{self._doing} failed: {why}")


class Service:
    """A public service; one that wants a key overrides what is said of keys.

    Parameters
    ----------
    connection
        Where and how patiently.
    """

    name = "the service"
    elsewhere = "which was not asked"
    handed_on = frozenset({200, 206, 404, 416})  # the caller knows what these mean

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # No handler that turns a status into an exception or follows a redirect: both is decided here.
        self._opener = OpenerDirector()
        proxies = ProxyHandler(dict(connection.proxies))
        for handler in (proxies, HTTPHandler(debuglevel=0), HTTPSHandler(debuglevel=0)):
            self._opener.add_handler(handler)

    def sent(self, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Give what is sent with a question; a service with a key adds it here."""
        return parameters

    def hide(self, text: str) -> str:
        """Take out of a text what must not be shown."""
        return text

    def refuse(self, status: int, attempts: Attempts) -> None:
        """Raise that the service refuses (401, 403), or return where another attempt may help."""
        raise attempts.error(f"{self.name} refuses ({status}). Open its address in a browser, or try later.")

    def attempts(self, doing: str) -> Attempts:
        """Begin to count attempts."""
        return Attempts(self.connection, doing)

    def address(self, path: str, parameters: Mapping[str, str]) -> str:
        """Write the address of a question without a key, as it may be shown."""
        return f"{self.connection.base_url.rstrip('/')}/{path}?{urlencode(parameters)}"

    def ask(
        self,
        path: str,
        parameters: Mapping[str, str],
        attempts: Attempts,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask until there is an answer that the caller can use: a status of ``handed_on``."""
        while True:
            answer = self._follow(path, parameters, headers or {}, attempts)
            if isinstance(answer, _Fault):
                if answer.is_final:
                    raise attempts.error(answer.text)
                attempts.again(answer.text)
            elif answer.status in self.handed_on:
                return answer
            else:
                answer.close()
                self._judge(answer, attempts)

    def _follow(
        self, path: str, parameters: Mapping[str, str], headers: Mapping[str, str], attempts: Attempts
    ) -> Answer | _Fault:
        """Send, and send again where the same host says that the file has moved."""
        address = _Address(self.address(path, self.sent(parameters)))
        for _ in range(_MOST_REDIRECTS):
            answer = self._send(address, headers)
            if isinstance(answer, _Fault) or answer.status not in _MOVED:
                return answer
            answer.close()
            address = _moved(address, answer.headers.get("Location", ""))
            if _site(address) != _site(_Address(self.connection.base_url)):
                host = self.hide(_site(address)[1] or "unnamed")
                raise attempts.error(f"the server sends on to another host, {host}, {self.elsewhere}.")
        raise attempts.error("the server sends on in a circle.")

    def _send(self, address: _Address, headers: Mapping[str, str]) -> Answer | _Fault:
        """Send once. No exception of the network leaves here: each may carry the address."""
        request = Request(address.reveal(), headers={**headers, "User-Agent": "screening"})  # noqa: S310
        try:
            response = self._opener.open(request, timeout=self.connection.timeout_s)
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            is_final = isinstance(reason, ssl.SSLCertVerificationError)
            return _Fault(self.hide(_told(reason)), is_final)
        if not isinstance(response, HTTPResponse):
            return _Fault("no answer", is_final=True)
        return Answer(response)

    def _judge(self, answer: Answer, attempts: Attempts) -> None:
        """Wait where another attempt may help, or raise."""
        status = answer.status
        if status in {401, 403}:
            self.refuse(status, attempts)
        elif status == 429:
            attempts.again(f"{self.name} is asked too often (429)", _retry_after_s(answer.headers))
        elif status in _PASSING:
            attempts.again(f"{self.name} is out of order ({status})", _retry_after_s(answer.headers))
        elif status == 407:
            raise attempts.error("the proxy of this network asks for a login (407); ask your IT department.")
        else:
            raise attempts.error(f"{self.name} answers with status {status}.")


def _site(address: _Address) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address.reveal())
    return parts.scheme, parts.hostname, parts.port


def _moved(address: _Address, location: str) -> _Address:
    """Read where a redirect leads; nowhere, where it is no address (the error itself would show it)."""
    try:
        target = urljoin(address.reveal(), location)
        is_address = urlsplit(target).port != 0  # asking for the port finds out
    except ValueError:
        is_address = False
    return _Address(target if is_address else "")


def _retry_after_s(headers: Message) -> float | None:
    """How long the server asks to wait; a date counts from the server's own clock, not from ours."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        seconds = (parsedate_to_datetime(asked) - parsedate_to_datetime(headers["Date"])).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(seconds, 0.0)


def _told(error: BaseException) -> str:
    """Say in words why there is no (whole) answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "the server's certificate is not trusted here (a network that inspects traffic has its own;"
            " name its file in the environment variable SSL_CERT_FILE)."
        )
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, OSError):
        return f"no connection to the server ({error.strerror or error})"
    return f"the connection broke off ({type(error).__name__})"
