"""Credentials and endpoint of S3, from where Amazon's own tools look for them.

obstore knows the environment, and the services of containers and machines; the files in `~/.aws` are read here.
"""

from __future__ import annotations

import configparser
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import StorageError

if TYPE_CHECKING:
    from obstore.store import S3Credential, S3CredentialProvider

_REFRESH = timedelta(minutes=5)
_PROBE_SECONDS = 1.0
_YES = {"1", "true", "yes", "on"}
# With one of these, obstore fetches credentials itself.
_FETCHED = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_BY_OTHERS = ("sso_session", "sso_start_url", "role_arn", "credential_process", "login_session")
_METADATA = "http://169.254.169.254"


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How to reach S3.

    Args:
        endpoint: Address of the service (None: Amazon's for the region).
        region: Region.
        provider: Gives credentials (None: obstore finds them, or needs none).
    """

    endpoint: str | None
    region: str
    provider: S3CredentialProvider | None


def is_yes(value: str | None) -> bool:
    """Tell whether a setting is switched on."""
    return (value or "").lower() in _YES


def s3_settings(environ: Mapping[str, str], location: str) -> S3Settings:
    """Find out how to reach S3.

    Args:
        environ: Environment.
        location: What is wanted, for messages.

    Raises:
        StorageError: There are no credentials.
    """
    profile = read_profile(environ)
    endpoint = (
        environ.get("AWS_ENDPOINT_URL_S3")
        or environ.get("AWS_ENDPOINT_URL")
        or environ.get("AWS_ENDPOINT")
        or profile.get("endpoint_url")
    )
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or profile.get("region") or "us-east-1"
    return S3Settings(endpoint, region, _provider(environ, profile, location))


def read_profile(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Read the profile in use from `~/.aws/credentials` and `~/.aws/config` (empty: there is none)."""
    name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    found: dict[str, str] = {}
    places = (
        (environ.get("AWS_CONFIG_FILE") or "~/.aws/config", name if name == "default" else f"profile {name}"),
        (environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", name),
    )
    for path, section in places:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(os.path.expanduser(path), encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            # The error quotes the line, which may hold a key.
            raise StorageError(
                f"Cannot read the settings in {path!r} ({type(error).__name__}). Repair the file."
            ) from None
        if parser.has_section(section):
            found.update(parser.items(section))
    return found


def _provider(environ: Mapping[str, str], profile: Mapping[str, str], location: str) -> S3CredentialProvider | None:
    static = environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY")
    if static or is_yes(environ.get("AWS_SKIP_SIGNATURE")) or any(environ.get(name) for name in _FETCHED):
        return None
    if "aws_access_key_id" in profile and "aws_secret_access_key" in profile:
        return lambda: _from_file(environ)
    if any(name in profile for name in _BY_OTHERS):
        return _by_boto3(environ, location)
    if not is_yes(environ.get("AWS_EC2_METADATA_DISABLED")) and _has_machine_role(environ):
        return None
    raise StorageError(
        f"Cannot use {location!r}: there are no credentials for S3. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "or a profile in ~/.aws/credentials (and AWS_PROFILE), or AWS_SKIP_SIGNATURE=true for a public bucket."
    )


def _from_file(environ: Mapping[str, str]) -> S3Credential:
    """Read the keys of a profile, again every few minutes: other programs renew them."""
    profile = read_profile(environ)
    return {
        "access_key_id": profile.get("aws_access_key_id", ""),
        "secret_access_key": profile.get("aws_secret_access_key", ""),
        "token": profile.get("aws_session_token"),
        "expires_at": datetime.now(UTC) + _REFRESH,
    }


def _by_boto3(environ: Mapping[str, str], location: str) -> S3CredentialProvider:
    name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    try:
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        raise StorageError(
            f"Cannot use {location!r}: the profile {name!r} gets its credentials by single sign-on, a role or a "
            "program, which needs boto3 (`pip install boto3`). Or export them: "
            f"`eval $(aws configure export-credentials --profile {name} --format env)`."
        ) from None
    try:
        return Boto3CredentialProvider()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageError(
            f"Cannot use {location!r}: the profile {name!r} gives no credentials ({type(error).__name__}). Log in again."
        ) from None


def _has_machine_role(environ: Mapping[str, str]) -> bool:
    """Tell whether this machine hands out credentials (obstore would look for them for minutes)."""
    parts = urlsplit(environ.get("AWS_METADATA_ENDPOINT") or _METADATA)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), _PROBE_SECONDS):
            return True
    except OSError:
        return False
