"""Errors of remote storage as messages; nothing here shows addresses with signatures, keys or tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import LocationError, StorageError
from .retry import TIMEOUT, timeout_seconds

_STATUS = re.compile(r"\bstatus(?: code)?: (\d{3})\b")
_CODE = re.compile(r"<Code>(\w{1,64})</Code>|\"code\"\s*:\s*\"(\w{1,64})\"|\(code: (\w{1,64})\)")
_NEVER_SENT = re.compile(r"\bkind: Connect\b")  # a connection that is reset is another kind, `ConnectionReset`
_HOST = re.compile(r"\b(https?://)(?:[^/@\s]*@)?([\w.\-\[\]:]+)")
_MISSING_BUCKET = ("NoSuchBucket", "ContainerNotFound", "specified bucket does not exist", "ContainerBeingDeleted")
_NO_CREDENTIALS = ("credential", "Credential", "metadata.google.internal", "169.254.169.254", "token request")

# Codes that mean "not now", whatever the status (S3 says some of them with 400, 409, or 200 for many files at once).
_TRANSIENT_CODES = {
    "BandwidthLimitExceeded",
    "ConditionalRequestConflict",
    "InternalError",
    "OperationAborted",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttled",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
}
# The answer to the end of an upload in parts was lost, and its end was sent again: whether it succeeded is not known.
_UPLOAD_ENDED = "NoSuchUpload"
# An answer that ends too early, or is another than the one that was asked for: a proxy gave up, a connection broke.
_BROKEN = re.compile(
    r"Got invalid [\w ]{1,40} response|Error getting [\w ]{1,40} response body|UnexpectedEof|"
    r"Header missing from response|Content-Range header|Error decoding|came with \d+ of \d+ bytes"
)

_DENIED_ADVICE = {
    "InvalidAccessKeyId": "The access key is not known there: check AWS_ACCESS_KEY_ID, AWS_PROFILE and the endpoint.",
    "SignatureDoesNotMatch": "The secret key does not fit the access key: check AWS_SECRET_ACCESS_KEY.",
    "ExpiredToken": "The credentials have expired: log in again.",
    "InvalidToken": "The session token is not valid: log in again.",
    "RequestTimeTooSkewed": "The clock of this machine is wrong: set it.",
}
_DENIED = (
    "Check the credentials, and what they may do there (a missing file may look the same if listing is forbidden)."
)


@dataclass(frozen=True, slots=True)
class RemoteFailure:
    """An error of an object store, as far as it can be shown from its text.

    Args:
        status: Status of the answer (0: there was none).
        code: Code that the service gave ("").
        host: Service that was asked ("").
        text: The whole text; may hold secrets.
    """

    status: int
    code: str
    host: str
    text: str

    @property
    def was_never_sent(self) -> bool:
        """Tell whether the request certainly did not reach the service."""
        return _NEVER_SENT.search(self.text) is not None

    @property
    def may_pass(self) -> bool:
        """Tell whether trying again may help."""
        if self.code == _UPLOAD_ENDED or (self.code in _TRANSIENT_CODES and self.status in (0, 400, 409)):
            return True
        if self.status:
            return is_transient_status(self.status)
        return self.is_broken or "kind: " in self.text

    @property
    def is_broken(self) -> bool:
        """Tell whether an answer came that is not whole."""
        return not self.status and _BROKEN.search(self.text) is not None

    @property
    def is_beyond_end(self) -> bool:
        """Tell whether a range was asked for that the file does not have."""
        return self.status == 416

    @property
    def is_whole_answer(self) -> bool:
        """Tell whether a range was asked for and the service would have sent the whole file (an empty one, mostly)."""
        return "non-partial response" in self.text


def is_transient_status(status: int) -> bool:
    """Tell of the status of an answer whether trying again may help."""
    return status in (408, 425, 429) or (status >= 500 and status not in (501, 505))


def parse_failure(error: BaseException) -> RemoteFailure:
    """Read the text of an error."""
    text = str(error)
    status, code, host = _STATUS.search(text), _CODE.search(text), _HOST.search(text)
    return RemoteFailure(
        int(status[1]) if status else 0,
        next(filter(None, code.groups()), "") if code else "",
        host[1] + host[2] if host else "",
        text,
    )


def may_pass(error: BaseException) -> bool:
    """Tell of an error of an object store whether trying again may help."""
    found = parse_failure(error)
    if isinstance(error, StorageError) or (isinstance(error, FileNotFoundError) and found.code != _UPLOAD_ENDED):
        return False
    return found.may_pass


def require_size(data: bytes, wanted: int) -> bytes:
    """Return the data, if all of it came.

    Raises:
        OSError: The answer ended too early.
    """
    if len(data) < wanted:
        raise OSError(f"the answer came with {len(data)} of {wanted} bytes")
    return data


class FileChangedError(StorageError):
    """A file is not what it was when it was listed."""


def changed_error(path: str) -> FileChangedError:
    """Make the error of a file that has changed."""
    return FileChangedError(f"Cannot read {path!r}: the file has changed meanwhile. Read it again.")


def missing_error(doing: str, path: str) -> LocationError:
    """Make the error of a missing file."""
    return LocationError(f"Cannot {doing} {path!r}: there is no such file or folder. Check the path.")


def translate_error(doing: str, path: str, error: BaseException) -> LocationError | StorageError:
    """Make the error that names what went wrong and what to do next.

    Args:
        doing: What was tried ("read").
        path: With which file.
        error: What the object store raised.
    """
    found = parse_failure(error)
    kind = type(error).__name__
    if any(mark in found.text for mark in _MISSING_BUCKET):
        where = path.split("/")[2] if path.count("/") > 1 else path
        reason = f"there is no bucket {where!r}"
        advice = f"Check its name{f' and the endpoint ({found.host})' if found.host else ''}, or make it."
    elif isinstance(error, FileNotFoundError):
        return missing_error(doing, path)
    elif kind == "PreconditionError" and doing == "read":
        return changed_error(path)
    elif found.status in (401, 403) or kind in ("PermissionDeniedError", "UnauthenticatedError"):
        reason = f"access denied{_status_text(found)}"
        advice = _DENIED_ADVICE.get(found.code, _DENIED)
    elif found.code in _DENIED_ADVICE:
        reason, advice = f"access denied ({found.code})", _DENIED_ADVICE[found.code]
    elif kind == "InvalidPathError":
        name = re.search(r"Path \"(.{1,200}?)\"", found.text)
        return refused_name_error(doing, path, name[1] if name else "")
    elif kind == "NotSupportedError" or found.status == 501 or found.code == "NotImplemented":
        reason = f"the service at {found.host or 'this location'} cannot do that{_status_text(found)}"
        advice = "Choose another location."
    else:
        reason, advice = _unavailable(found)
    return StorageError(f"Cannot {doing} {path!r}: {reason}. {advice}")


def refused_name_error(doing: str, path: str, name: str) -> StorageError:
    """Make the error of a name that cannot be used in an object store."""
    return StorageError(
        f"Cannot {doing} {path!r}: the name {name!r} has an empty part, a part '.' or '..', or a control character, "
        "which object stores are not asked for. Rename it, or choose another location."
    )


def _status_text(found: RemoteFailure) -> str:
    shown = " ".join(filter(None, [str(found.status) if found.status else "", found.code]))
    return f" ({shown})" if shown else ""


def _unavailable(found: RemoteFailure) -> tuple[str, str]:
    """Describe why a service gave no answer, or none that helps."""
    host = found.host or "the service"
    if any(mark in found.text for mark in _NO_CREDENTIALS):
        return (
            "no credentials were found, or the service that hands them out does not answer",
            "Set them in the environment as the provider's own tools expect (see the page 'How scans are stored').",
        )
    if found.was_never_sent:
        return (
            f"no connection to {host}",
            "Check the network and the endpoint (AWS_ENDPOINT_URL for S3), then run the command again.",
        )
    if found.status == 301 or "redirect" in found.text:
        return "the bucket is in another region", "Set AWS_REGION to the region of the bucket."
    if found.status:
        busy = found.may_pass
        return (
            f"{host} {'is overloaded or failing' if busy else 'refused'}{_status_text(found)}",
            "It was asked several times; try again later." if busy else "Check the location and the credentials.",
        )
    if "TimedOut" in found.text or "kind: Timeout" in found.text:
        now = f"(now {timeout_seconds():g} seconds)"
        return (
            f"{host} did not answer in time",
            f"It was asked several times; check the network, or raise {TIMEOUT} {now} for a slow service.",
        )
    if found.is_broken:
        return f"the answers of {host} break off", "It was asked several times; check the network and what is between."
    if "kind: " in found.text:
        return f"the connection to {host} was lost", "Check the network, then run the command again."
    return _first_line(found.text), "Check the location and the settings of the object store."


def _first_line(text: str) -> str:
    """Give the first line of an error, without what follows '?' in addresses: signatures stand there."""
    line = re.sub(r"\?\S*", "", text.partition("\n")[0])
    return re.sub(r"(https?://)[^/@\s]*@", r"\1", line).rstrip(". ") or "the object store gave no reason"
