"""Settings and the composition root: where the layers are put together from what the user set."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from ..corpus import SettingsError
from ..index import AddReport, Encoder, Index, Retriever
from ..index.backup import BackupReport, restore_index
from ..index.check import CheckReport, check_index
from ..index.encoder import load_encoder
from ..index.plan import Planner
from ..index.retriever import CAP
from ..index.types import Progress
from ..index.weights import MINILM
from ..qa import Assistant
from ..qa.llm import LanguageModel
from ..qa.prompts import EVIDENCE
from ..qa.written import WritingAssistant

FILE = "northbrief.toml"
SECRET = ("key", "token", "auth", "pass", "secret", "url")  # in a name: its value is never printed
CALIBRATIONS = "models.json"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})  # names of this machine, seen from itself


class Sources(BaseModel):
    """What `northbrief sync` brings in step: the section [sources] of northbrief.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folders: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()  # pages and documents
    feeds: tuple[str, ...] = ()  # feeds and sitemaps
    allow_private: bool = False  # whether addresses may lie in one's own network


class Settings(BaseSettings):
    """What a user may set: in northbrief.toml here, by NORTHBRIEF_* variables, or by flags, the later one winning."""

    model_config = SettingsConfigDict(env_prefix="NORTHBRIEF_", toml_file=FILE, extra="forbid", frozen=True)

    home: str | None = Field(None, description="folder or address of the index; the user's data folder if not set")
    encoder: str = Field(MINILM.name, description="a sentence-transformers model, by name or path")
    precision: str = Field("int8", pattern="^(int8|fp32)$", description="of the exported encoder: int8 or fp32")
    device: str = Field("cpu", description="cpu, or cuda to run the encoder on torch there")
    network: bool = Field(False, description="whether model files may be fetched from the hub")
    rerank: bool = Field(True, description="late interaction over the leading passages")
    cap: int = Field(CAP, ge=0, description="passages one brief may take before others have had theirs; 0: no cap")
    names: tuple[Path, ...] = Field((), description="name tables of one's own, in the form of index/names.toml")
    sources: Sources = Field(Sources(), description="what `northbrief sync` brings in step: folders, addresses, feeds")
    llm_url: str = Field(
        "", pattern="^(https?://.+)?$", description="OpenAI-protocol address of a language model, up to `/v1`"
    )
    llm_model: str = Field("", description="its name; if not set, the first that the server lists")
    llm_key: SecretStr | None = Field(None, description="the key that the server asks for")
    llm_timeout: float = Field(60.0, gt=0, description="seconds the model may take for an answer")
    llm_reader: float = Field(20.0, ge=0, description="seconds of them for reading before; 0: it only writes")
    llm_writes: bool = Field(True, description="whether it writes answers, or only reads which sentences answer")
    llm_context: int = Field(4096, ge=1500, description="tokens the server lets it read and write")
    llm_evidence: int = Field(EVIDENCE, ge=100, description="tokens of passages it is given for an answer")
    llm_rerank: float = Field(0.0, ge=0, description="seconds of them for ordering passages by reading; 0: it does not")
    llm_rewrite: bool = Field(False, description="whether it makes follow-up questions stand alone")
    host: str = Field("127.0.0.1", description="address the chat window or the service listens on")
    port: int = Field(7860, ge=1, le=65535, description="port of the chat window")
    auth: str | None = Field(None, pattern="^[^:]+:.+$", description="user:password that the chat window asks for")
    library: str | None = Field(
        None,
        pattern="^(open|read-only)$",
        description="whether the window may change it: open, read-only; if not set, open save where strangers can come",
    )
    upload_mb: int = Field(25, ge=1, le=200, description="megabytes of a file that the window takes")
    service_port: int = Field(8000, ge=1, le=65535, description="port of `serve` and of `mcp --http`")
    token: SecretStr | None = Field(None, description="what clients of the service must show; needed beyond loopback")
    rate: int = Field(600, ge=0, description="requests a minute that one client of the service may send; 0: no limit")
    root_path: str = Field("", pattern="^(/[^/?#]+)*$", description="path that a proxy serves the service under")
    log_questions: bool = Field(False, description="whether the service's log holds the questions")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before variables before the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def settings_table() -> str:
    """Return the settings as the README's Markdown table."""
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        rows.append(f"| `{name}` | {f'`{shown}`' if default not in (None, (), '') else ''} | {field.description} |")
    return "\n".join(rows)


class Application:
    """The parts, each made when first needed and once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def index(self) -> Index:
        """The index, opened with the encoder that is set."""
        return Index.open(self.settings.home, encoder=self._encoder())

    def open(self, place: str) -> Index:
        """Open another index than the one that is set, with the encoder that is set."""
        return Index.open(place, encoder=self._encoder())

    @cached_property
    def retriever(self) -> Retriever:
        """The retriever over the index."""
        planner = Planner(*self.settings.names) if self.settings.names else None
        return Retriever(self.index, rerank=self.settings.rerank, cap=self.settings.cap or None, planner=planner)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model, if one is set."""
        chosen = self.settings
        if not chosen.llm_url:
            return None
        key = chosen.llm_key.get_secret_value() if chosen.llm_key else ""
        return LanguageModel(
            chosen.llm_url, chosen.llm_model, key, timeout=chosen.llm_timeout, context=chosen.llm_context
        )

    @property
    def calibrations(self) -> Path:
        """The file that says what the reading of each model is worth."""
        return self.index.path.parent / CALIBRATIONS

    @cached_property
    def plain(self) -> Assistant:
        """The assistant without a language model."""
        return Assistant(self.retriever)

    @cached_property
    def assistant(self) -> Assistant:
        """The assistant over the retriever, with the language model if one is set."""
        model = self.language_model
        if model is None:
            return self.plain
        return WritingAssistant(
            self.retriever,
            model,
            calibrations=self.calibrations,
            reader_budget=self.settings.llm_reader,
            rerank_budget=self.settings.llm_rerank,
            rewrite=self.settings.llm_rewrite,
            writes=self.settings.llm_writes,
            evidence=self.settings.llm_evidence,
        )

    def rebuild(self, progress: Progress) -> AddReport:
        """Make the index again with the encoder that is set."""
        return Index.rebuild(self.settings.home, encoder=self._encoder(), progress=progress)

    def check(self, *, repair: bool) -> CheckReport:
        """Compare everything in the index; with `repair`, make again what is derived."""
        return check_index(self.settings.home, encoder=self._encoder(), repair=repair)

    def restore(self, file: Path) -> BackupReport:
        """Put the content of a backup in place of the index's."""
        return restore_index(self.settings.home, file, encoder=self._encoder())

    def _encoder(self) -> Encoder | str:
        """The encoder's name, to be loaded when first needed, unless it is to be loaded in a special way."""
        chosen = self.settings
        if (chosen.precision, chosen.device, chosen.network) == ("int8", "cpu", False):
            return chosen.encoder
        return load_encoder(chosen.encoder, precision=chosen.precision, device=chosen.device, network=chosen.network)


def read_settings(**flags: Any) -> Settings:
    """Return the settings; flags that are None count as not given.

    Raises:
        SettingsError: a value or a name that has no meaning.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"])
        known = ", ".join((Sources if name.startswith("sources.") else Settings).model_fields)
        place = f"NORTHBRIEF_{name.upper()}" if f"NORTHBRIEF_{name.upper()}" in os.environ else f"{FILE} or a flag"
        expected = f"one of {known}" if problem["type"] == "extra_forbidden" else problem["msg"]
        shown = "***" if any(word in name for word in SECRET) else repr(problem["input"])
        raise SettingsError(f"found {name} = {shown} in {place}; expected: {expected}") from None
    except ValueError as error:  # the TOML itself
        raise SettingsError(f"{FILE} is no valid TOML ({error}); mend it") from error
