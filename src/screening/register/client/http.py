"""The register's file service: its address and its key, which stands in every address and is never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from screening import web
from screening.web import Answer, Attempts, DownloadError, Hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "KEY_VARIABLE",
    "PUBLIC_URL",
    "Answer",
    "ApiKey",
    "Attempts",
    "Connection",
    "DownloadError",
    "Service",
]

PUBLIC_URL = "https://api.datafordeler.dk/FileDownloads"
KEY_VARIABLE = "DATAFORDELER_API_KEY"
WHERE_A_KEY_IS_MADE = (
    "A free key is made at https://portal.datafordeler.dk (IT-systemer, API-Keys, Opret); put it into the"
    f" environment variable {KEY_VARIABLE} or into a file for --key-file."
)


class ApiKey(Hidden):
    """The key of the file service; only ``reveal`` gives it away.

    Parameters
    ----------
    text
        The key as the service gave it; white space around it is taken off.

    Examples
    --------
    >>> ApiKey("secret")
    <ApiKey, hidden>
    """

    __slots__ = ()

    def __init__(self, text: str) -> None:
        text = text.strip()
        if not text or not text.isprintable() or " " in text:
            fault = "is missing" if not text else "holds blanks or control characters"
            del text  # not even in a traceback that shows local variables
            raise DownloadError(f"The key of the file service {fault}. {WHERE_A_KEY_IS_MADE}")
        super().__init__(text)

    def hide(self, text: str) -> str:
        """Take the key out of a text that came from elsewhere, also in its percent-encoded form."""
        for form in {self._text, quote(self._text), quote(self._text, safe="")}:
            text = re.sub(re.escape(form), "<key>", text, flags=re.IGNORECASE)
        return text


@dataclass(frozen=True)
class Connection(web.Connection):
    """How to reach the file service and how patient to be; see ``screening.web.Connection``."""

    base_url: str = PUBLIC_URL


class Service(web.Service):
    """The file service, with its key.

    Parameters
    ----------
    key
        The key.
    connection
        Where and how patiently.
    """

    elsewhere = "which must not get the key"

    def __init__(self, key: ApiKey | str, connection: web.Connection) -> None:
        self.key = key if isinstance(key, ApiKey) else ApiKey(key)
        super().__init__(connection)

    def sent(self, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Add the key to what is asked."""
        return {**parameters, "apikey": self.key.reveal()}

    def hide(self, text: str) -> str:
        """Take the key out of a text."""
        return self.key.hide(text)

    def refuse(self, status: int, attempts: Attempts) -> None:
        """Forgive one 401: the listing is known to answer it now and then to a good key."""
        attempts.refused += 1
        if status == 403 or attempts.refused > 1:
            raise attempts.error(
                f"the service refuses the key ({status}). A key works from 15 minutes to some hours after it"
                f" was made (another new one waits anew), and expires. {WHERE_A_KEY_IS_MADE}"
            )
        attempts.again("the service refuses the key (401)")
