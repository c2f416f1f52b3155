"""Settings: every knob, its default and its environment variable ``WHORL_<NAME>``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from whorl.base.errors import InvalidInput


class Settings(BaseSettings):
    """How one Whorl runs. Flags win over environment variables, which win over these defaults."""

    model_config = SettingsConfigDict(env_prefix="WHORL_", extra="ignore")

    home: Path = Field(default=Path("~/.whorl"), description="Folder of the database, blobs and models.")
    db: str = Field(default="", description="Database URL; SQLite in the home folder when empty.")
    blobs: str = Field(default="", description="Blob store URL; a folder in the home folder when empty.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8620, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: str = Field(default="", description="Further names this server is reached by, comma separated.")
    egress_allow: str = Field(
        default="",
        description="Names, addresses and networks that webhooks may call although they are private, comma separated.",
    )
    model_pythons: str = Field(
        default="",
        description="Interpreters that models may run in (subprocess:…), as absolute paths, comma separated.",
    )
    executor: str = Field(
        default="local",
        pattern=r"^(local|inline|ray://[^/@?#\s]+:\d{1,5})$",
        description="Where node bodies run: local (processes), inline (threads), or ray://HOST:PORT.",
    )
    workers: int = Field(
        default=0,
        ge=0,
        description="Body processes; 0 means one per core, at most four, and on Ray as many as there is room for.",
    )
    engine: bool = Field(
        default=True, description="Whether the server runs the engine; without, workers do (PostgreSQL only)."
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        default="FULL", description="SQLite durability; FULL keeps acknowledged work through a power cut."
    )
    max_pixels: int = Field(
        default=200_000_000,
        gt=0,
        description="Largest image taken in, by upload or import, and cut into tiles, in pixels.",
    )
    max_upload_bytes: int = Field(
        default=256 * 2**20, gt=0, description="Largest single file taken in, by upload or import, in bytes."
    )
    magic_cache_bytes: int = Field(
        default=2 * 2**30,
        ge=0,
        description="Disk that SAM's view of images may take, in bytes; about 8 MB each, the least recently used go.",
    )
    web: str = Field(default="", description="Folder of the built web app; the one in the package when empty.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Log detail.")
    log_format: Literal["text", "json"] = Field(
        default="text", description="A log line: text for people, or one JSON object for programs."
    )
    metrics_token: str = Field(
        default="",
        repr=False,
        description="Bearer token that may read /metrics from another machine; nobody but an admin when empty.",
    )

    @property
    def home_path(self) -> Path:
        """The home folder, expanded and absolute."""
        return self.home.expanduser().resolve()

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.db or f"sqlite:///{self.home_path / 'whorl.db'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file that one process writes."""
        return self.database_url.startswith("sqlite")

    @property
    def is_local(self) -> bool:
        """Whether node bodies run on this machine."""
        return not self.executor.startswith("ray://")

    @property
    def blobs_url(self) -> str:
        """The blob store's URL in force."""
        return self.blobs or f"file://{self.home_path / 'blobs'}"

    @property
    def models_path(self) -> Path:
        """The folder of trained and fetched models."""
        return self.home_path / "models"


def make_settings(given: Mapping[str, object]) -> Settings:
    """The settings in force: what was given (None means not given), then the environment, then the defaults.

    Raises:
        InvalidInput: A value is not allowed; the message names the setting.
    """
    try:
        return Settings.model_validate(
            Settings().model_dump() | {name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        # The value is left out: it may hold a password.
        raise InvalidInput(
            f"the setting {name} is not allowed: {first['msg']}",
            hint=f"Mend the flag --{name.replace('_', '-')} or the variable WHORL_{name.upper()}.",
        ) from None
