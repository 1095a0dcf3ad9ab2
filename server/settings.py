"""What may be configured, read once from TIAOWEN_* variables and flags.

Inner packages take plain arguments; nothing below `server` looks at the environment. Every setting has a
default that suits one person on one machine: the page is served to that machine only, and nothing needs a
key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


def default_home() -> Path:
    """The platform's user data folder, for example ~/.local/share/tiaowen."""
    return platformdirs.user_data_path("tiaowen", appauthor=False)


class Settings(BaseSettings):
    """All settings of a server. Flags of the command line win over the environment, which wins over the
    defaults.
    """

    model_config = SettingsConfigDict(env_prefix="TIAOWEN_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="library folder")
    host: str = Field(default="127.0.0.1", description="address to listen on; anything but loopback needs a key")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    workers: int = Field(
        default=1, ge=1, le=64, description="processes that answer; each holds the live generation open"
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="further host names a request may carry, comma separated; * for any"
    )
    max_body_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=1024,
        description="largest request body in bytes (an upload); others get 64 KiB",
    )
    requests_per_minute: int = Field(
        default=600, ge=0, description="requests per client and minute, in each worker, before 429; 0 turns it off"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="addresses whose X-Forwarded-For is believed, comma separated"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="web origins whose pages may call the API, comma separated; none without it"
    )
    private: bool = Field(default=False, description="reading needs a key as well")
    log_questions: bool = Field(default=False, description="write the text of questions to the log")
    writer_url: str = Field(
        default="", description="address of an OpenAI-compatible model that may phrase answers; none without it"
    )
    writer_model: str = Field(default="default", description="name of that model")
    writer_key_file: str = Field(default="", description="file that holds its key")
    writer_timeout_s: float = Field(default=30.0, gt=0, le=600, description="seconds that its whole answer may take")

    @field_validator("allowed_hosts", "trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        """Accept `a,b` from the environment as well as a tuple from code."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_only(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """An origin is https://name or https://name:port; a path or `*` would not do what it seems to."""
        for origin in value:
            if not re.fullmatch(r"https?://[^/*\s]+", origin):
                raise ValueError(f"{origin!r} is not an origin such as https://wiki.example")
        return value

    @field_validator("home")
    @classmethod
    def _absolute_home(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def is_loopback(self) -> bool:
        """True if only this machine can reach the server."""
        return self.host in LOOPBACK_HOSTS or self.host.startswith("127.")
