"""Clients of obstore for the buckets that locations name."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ..errors import ConfigError, StorageError
from .aws import is_yes, s3_settings
from .locations import scheme_of
from .remote_failures import refused_name_error, translate_error
from .retry import RETRY_SECONDS, TIMEOUT, timeout_seconds

if TYPE_CHECKING:
    from obstore.store import AzureConfig, AzureStore, ClientConfig, GCSStore, RetryConfig, S3Config, S3Store

    Client = S3Store | GCSStore | AzureStore

GOOGLE, AZURE = ("gs", "gcs"), ("az", "abfs", "abfss")

_SETTINGS = ("AWS_", "AZURE_", "GOOGLE_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "HOME", TIMEOUT)


@dataclass(frozen=True, slots=True)
class ObjectTarget:
    """What a location names.

    Args:
        client: Client of the bucket that sends requests again by itself, for calls that make many; of these it knows
            only failures that come instead of an answer, not answers that break off.
        no_retry: The same, but it sends nothing again.
        key: Name within the bucket ("" for the bucket itself).
        knows_tails: Whether the last bytes of a file can be asked for without knowing its size.
    """

    client: Client
    no_retry: Client
    key: str
    knows_tails: bool


class BucketClients:
    """Clients by bucket and settings, made when they are first needed.

    Args:
        retry_seconds: Time after which a request is not tried again.
    """

    def __init__(self, retry_seconds: float = RETRY_SECONDS) -> None:
        self._retry_seconds = retry_seconds
        self._made: dict[tuple[str, str, tuple[tuple[str, str], ...]], tuple[Client, Client]] = {}
        self._lock = threading.Lock()

    def target(self, doing: str, location: str) -> ObjectTarget:
        """Find the client and the name that a location stands for.

        Raises:
            ConfigError: The location names no bucket.
            StorageError: The name cannot be used in object stores, or there are no credentials.
        """
        scheme, bucket, key = split_location(doing, location)
        settings = tuple((name, os.environ[name]) for name in sorted(os.environ) if name.startswith(_SETTINGS))
        bucket_key = (scheme, bucket, settings)
        with self._lock:
            if bucket_key not in self._made:
                self._made[bucket_key] = self._make(doing, location, scheme, bucket)
            client, no_retry = self._made[bucket_key]
        return ObjectTarget(client, no_retry, key, scheme not in AZURE)

    def _make(self, doing: str, location: str, scheme: str, bucket: str) -> tuple[Client, Client]:
        from obstore.exceptions import BaseError

        retry: RetryConfig = {
            "max_retries": 10,
            # One request that hangs is sent again even so.
            "retry_timeout": timedelta(seconds=self._retry_seconds + timeout_seconds()),
            "backoff": {
                "init_backoff": timedelta(seconds=0.1),
                "max_backoff": timedelta(seconds=min(4.0, self._retry_seconds / 2)),
                "base": 2,
            },
        }
        try:
            client = _client(scheme, bucket, location, retry)
            no_retry = _client(scheme, bucket, location, {"max_retries": 0})
        except (BaseError, ValueError) as error:
            raise translate_error(doing, location, error) from None
        return client, no_retry


def split_location(doing: str, location: str) -> tuple[str, str, str]:
    """Split a location into scheme, bucket and the name within it.

    Raises:
        ConfigError: It names no bucket.
        StorageError: The name cannot be used in object stores.
    """
    scheme = scheme_of(location)
    bucket, _, key = location[len(scheme) + len("://") :].partition("/")
    if not bucket:
        raise ConfigError(f"{location!r} names no bucket: write {scheme}://bucket/folder.")
    key = key.removesuffix("/")
    for part in key.split("/") if key else ():
        if part in ("", ".", "..") or any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in part):
            raise refused_name_error(doing, location, key)
    return scheme, bucket, key


def _client(scheme: str, bucket: str, location: str, retry: RetryConfig) -> Client:
    from obstore.store import AzureStore, GCSStore, S3Store

    if scheme in GOOGLE:
        return GCSStore(bucket, client_options=_options(os.environ.get("GOOGLE_BASE_URL")), retry_config=retry)
    if scheme in AZURE:
        container, _, host = bucket.partition("@")  # abfs://container@account.dfs.core.windows.net/folder
        account = host.partition(".")[0]
        place: AzureConfig = {"account_name": account} if account else {}
        if not account and not any(os.environ.get(name) for name in _AZURE_ACCOUNT):
            raise StorageError(
                f"Cannot use {location!r}: it names no storage account. Set AZURE_STORAGE_ACCOUNT_NAME, or write "
                "abfs://container@account.dfs.core.windows.net/folder."
            )
        options = _options(os.environ.get("AZURE_STORAGE_ENDPOINT") or os.environ.get("AZURE_ENDPOINT"))
        return AzureStore(container, config=place, client_options=options, retry_config=retry)
    found = s3_settings(os.environ, location)
    reached: S3Config = {"region": found.region}
    if found.endpoint:
        reached["endpoint"] = found.endpoint
    options = _options(found.endpoint)
    return S3Store(
        bucket, config=reached, client_options=options, retry_config=retry, credential_provider=found.provider
    )


_AZURE_ACCOUNT = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_ACCOUNT_NAME", "AZURE_STORAGE_USE_EMULATOR")


def _options(endpoint: str | None) -> ClientConfig:
    """Choose how requests are sent."""
    plain = (endpoint or "").startswith("http://") or is_yes(os.environ.get("AWS_ALLOW_HTTP"))
    # Large files take long; a connection that brings nothing for a while is given up all the same.
    silence = timedelta(seconds=timeout_seconds())
    return {"allow_http": plain, "connect_timeout": "5s", "read_timeout": silence, "timeout": "1h"}
