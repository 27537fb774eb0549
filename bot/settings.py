"""Every setting of the process, from the environment and from `.env`; the environment takes precedence.

`.env.example` explains each. Settings without effect are not allowed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

# GNU systems have a LANGUAGE of their own: a list of locales such as "en_US:en", which is no choice for the company.
LOCALES = re.compile(r"[a-z]{2,3}([_.@:].*)+")
DATABASES = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")


def _address(text: str) -> str:
    """An http address without a trailing slash, so that paths can be appended."""
    host = text.removeprefix("https://").removeprefix("http://")
    if host == text or not host.strip("/") or any(sign in host for sign in " ?#"):
        raise PydanticCustomError("E502", "not an http address")
    return text.rstrip("/")


def _secret_address(address: SecretStr) -> SecretStr:
    _address(address.get_secret_value().partition("?")[0])
    return address


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", secret.get_secret_value()):
        raise PydanticCustomError("E840", "not a secret for a webhook")
    return secret


def _database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(DATABASES):
        raise PydanticCustomError("E503", "not a database we know")
    return url


def _token(token: SecretStr) -> SecretStr:
    number, colon, secret = token.get_secret_value().partition(":")
    plain = secret.replace("-", "").replace("_", "")
    if not (number.isdecimal() and colon and plain.isascii() and plain.isalnum()):
        raise PydanticCustomError("E501", "not a token of @BotFather")
    return token


Address = Annotated[str, AfterValidator(_address)]
Shouted = BeforeValidator(lambda word: word.upper() if isinstance(word, str) else word)


class _Environment(EnvSettingsSource):
    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        if LOCALES.fullmatch(str(found.get("language", ""))):
            del found["language"]
        return found


class Settings(BaseSettings):
    """The settings. Raises pydantic's ValidationError with every fault at once."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",  # editors on Windows write a BOM
        env_ignore_empty=True,  # "BOT_TOKEN=" counts as not given
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    telegram_api_root: Address = "https://api.telegram.org"
    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr(
        "sqlite+aiosqlite:///data/firstline.db"
    )
    clock_url: Address | None = None
    scenarios_file: Path = Path("scenarios.yaml")
    desk_file: Path = Path("desk.yaml")
    knowledge_dir: Path = Path("knowledge_base")
    language: Literal["ru", "en"] = "ru"
    printer_domain: str = ""
    lessons_kept_days: int = Field(default=90, ge=1, le=3650)
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Shouted] = "INFO"
    log_format: Literal["json", "text"] = "text"
    backup_dir: Path | None = None
    backup_every_hours: int = Field(default=24, ge=0, le=24 * 7)
    backup_keep_days: int = Field(default=7, ge=1, le=366)
    backup_keep_weeks: int = Field(default=4, ge=0, le=104)
    webhook_url: Annotated[SecretStr, AfterValidator(_secret_address)] | None = None
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = Field(
        default=None, validate_default=True
    )
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    heartbeat_url: Annotated[SecretStr, AfterValidator(_secret_address)] | None = None
    health_host: str = "127.0.0.1"
    health_port: int = Field(default=8080, ge=0, le=65535)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Environment(settings_cls), dotenv_settings, file_secret_settings

    @field_validator("webhook_secret", mode="after")
    @classmethod
    def _is_there_for_a_webhook(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if secret is None and info.data.get("webhook_url") is not None:
            raise PydanticCustomError("E841", "a webhook without a secret")
        return secret

    @property
    def backup_folder(self) -> Path:
        """BACKUP_DIR; without it the folder `backups` beside a SQLite file, or in the working folder."""
        url = self.database_url.get_secret_value()
        beside = Path(url.removeprefix(DATABASES[0])).parent if url.startswith(DATABASES[0]) else Path()
        return self.backup_dir or beside / "backups"

    @property
    def engineers_language(self) -> str | None:
        """The language in which tickets are written for engineers; None without a LANGUAGE: as scenarios.yaml says."""
        return self.language if "language" in self.model_fields_set else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must not appear in logs, errors or metrics (P15)."""
        known = (
            *(self.bot_token, self.database_url, self.heartbeat_url),
            *(self.webhook_url, self.webhook_secret),
        )
        return tuple(secret.get_secret_value() for secret in known if secret is not None)
