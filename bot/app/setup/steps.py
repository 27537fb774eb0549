"""The steps of the first hour, in their order. Each looks first at what is there, so the dialogue is taken up where it was."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import SecretStr, ValidationError

from bot.accounts.cli import import_people
from bot.accounts.offline import beside_the_bot
from bot.app.scaffolds_cli import NAME, new_team
from bot.app.setup import binding, env_file, trial
from bot.app.setup.arrivals import Started
from bot.app.setup.bot_line import BotLine, is_running
from bot.app.setup.dialogue import Dialogue
from bot.app.setup.groups_step import GroupsStep
from bot.doctor import account, finding, records
from bot.doctor.examination import Installation, examine
from bot.doctor.finding import Diagnosis
from bot.doctor.records import Records
from bot.settings import Settings
from bot.sla.check import desk_if_good
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.telegram.api import Api, Conflict, Disowned, TelegramError
from bot.telegram.clock_client import clock_of
from bot.yamlfiles.environment import settings_or_exit

ENV, EXAMPLE = Path(".env"), Path(".env.example")


class Setup:
    """One walk through the steps; `line` is open."""

    def __init__(self, settings: Settings, dialogue: Dialogue, line: BotLine) -> None:
        self._settings, self._dialogue, self._line = settings, dialogue, line
        self._operator: int | None = None
        self._username = ""

    def run(self) -> bool:
        """Whether nothing is left to cure. Raises Left."""
        self._dialogue.say("setup.hello")
        api = self._token()
        self._people()
        self._way_in(api)
        self._administrator(api)
        desk = self._teams()
        step = GroupsStep(
            self._dialogue, self._line, api, self._settings, desk, self._operator, self._username
        )
        step.take()
        self._trial(api)
        return self._verdict(api)

    # ── the token ───────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> Api:
        """Ask until Telegram knows the token; only then it is written down."""
        given = self._settings.bot_token
        token = given.get_secret_value() if given is not None else ""
        while True:
            token = token or self._asked_token()
            api = self._line.api(self._settings.telegram_api_root, token)
            try:
                me = self._line.call(api, "getMe")
            except Disowned:
                self._dialogue.say("setup.token_unknown")
                token = ""
                continue
            except TelegramError as error:
                self._dialogue.ask("setup.unreachable", root=api.root, text=error)
                continue
            if given is None or token != given.get_secret_value():
                self._write_token(token)
            self._is_ours(str(me["id"]), str(me["username"]))
            self._abilities(api)
            return api

    def _asked_token(self) -> str:
        self._dialogue.say("setup.token_how")
        while True:
            token = self._dialogue.ask("setup.token")
            try:
                Settings(_env_file=None, bot_token=SecretStr(token))
            except ValidationError:
                self._dialogue.say("setup.token_shape")
            else:
                return token

    def _write_token(self, token: str) -> None:
        values = {"BOT_TOKEN": token}
        if not ENV.exists():
            values["LANGUAGE"] = self._dialogue.voice.language
        env_file.write(ENV, values, EXAMPLE)
        self._settings = settings_or_exit(ENV)
        self._dialogue.say("setup.env_written", file=ENV)

    def _is_ours(self, bot_id: str, username: str) -> None:
        owner = beside_the_bot(self._settings, binding.own, bot_id, username, self._settings.language)
        if owner != bot_id:
            self._dialogue.say("doctor.another_bot", username=username, id=bot_id, known=owner)
            self._dialogue.say("doctor.another_bot.cure")
            raise typer.Exit(1)
        self._username = username
        self._dialogue.say("setup.token_right", username=username)

    def _abilities(self, api: Api) -> None:
        """Privacy and inline mode, asked again once after the operator has been to @BotFather."""
        for again in (True, False):
            found = Diagnosis(self._dialogue.voice)
            account.abilities(self._line.call(api, "getMe"), is_admin_everywhere=False, found=found)
            for one in found.all:
                self._dialogue.show(f"  {one.line(self._dialogue.voice)}")
            if finding.is_well(found.all) or not again or self._dialogue.passes("setup.abilities"):
                return

    def _way_in(self, api: Api) -> None:
        """Updates are read here until the bot runs; a webhook would take them away."""
        if self._settings.webhook_url is not None or is_running(self._settings):
            return
        info = self._line.call(api, "getWebhookInfo")
        if info.get("url") and self._dialogue.agrees("setup.webhook"):
            self._line.call(api, "deleteWebhook", {"drop_pending_updates": False})

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def _people(self) -> None:
        known = self._records()
        if known.people:
            self._dialogue.say("setup.people_there", people=len(known.people))
        else:
            self._dialogue.say("setup.people_how")
        while file := self._dialogue.optional("setup.people"):
            if self._imported(Path(file)):
                return

    def _imported(self, file: Path) -> bool:
        """List what would change, and take it in when the operator agrees."""
        try:
            import_people(file, dry_run=True)
            if self._dialogue.agrees("setup.take_in"):
                import_people(file)
                return True
        except typer.Exit:  # the faults are printed
            self._dialogue.say("setup.people_again")
        return False

    def _administrator(self, api: Api) -> None:
        """Whose account sits at the terminal: they get the buttons, and their /bind is obeyed."""
        admins = [one for one in self._records().staff if one.is_admin and one.telegram_id is not None]
        if admins:
            self._operator = admins[0].telegram_id
            self._dialogue.say("setup.admin_there", name=admins[0].name)
            return
        if is_running(self._settings):
            self._dialogue.say("setup.admin_running")
            return
        while not self._dialogue.passes("setup.start", link=f"https://t.me/{self._username}?start=setup"):
            try:
                arrived = self._line.arrivals(api, self._settings)
            except Conflict:
                self._dialogue.say("setup.another_reader")
                continue
            began = [one for one in arrived if isinstance(one, Started)]
            if not began:
                self._dialogue.say("setup.nobody_began")
            if any(self._is_it(one) for one in {one.account: one for one in began}.values()):
                return

    def _is_it(self, who: Started) -> bool:
        account_name = f"@{who.username}" if who.username else who.account
        if not self._dialogue.agrees("setup.is_it_you", name=who.name, account=account_name):
            return False
        person = beside_the_bot(self._settings, binding.administrator, who)
        if person is None:
            self._dialogue.say("setup.not_admin")
            return False
        self._operator = who.account
        self._dialogue.say("setup.admin_there", name=person.name)
        return True

    # ── the desk ────────────────────────────────────────────────────────────────────────────────────────────

    def _teams(self) -> Desk:
        """The teams of desk.yaml, and more of them if the company has more."""
        while True:
            desk = desk_if_good(self._settings.desk_file)
            if desk is None:
                self._dialogue.ask("setup.bad_desk", file=self._settings.desk_file)
                continue
            language = self._dialogue.voice.language
            teams = [f"{desk.team(team).title[language]} ({team})" for team in desk.team_ids()]
            self._dialogue.say("setup.teams", file=self._settings.desk_file, teams=", ".join(teams))
            name = self._dialogue.optional("setup.new_team")
            if not name:
                return desk
            if not NAME.fullmatch(name):
                wrong = self._dialogue.voice.say("new.bad_name", name=name)
                self._dialogue.say("setup.team_fault", text=wrong)
                continue
            title = self._dialogue.ask("setup.new_team_title", name=name)
            try:
                new_team(name, title=[f"{language}={title}"], category=None)
            except (typer.Exit, typer.BadParameter) as fault:
                self._dialogue.say("setup.team_fault", text=fault)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────

    def _trial(self, api: Api) -> None:
        if self._operator is None or not self._dialogue.agrees("setup.trial"):
            return
        config = trial.configuration(self._settings)
        if config is None:
            self._dialogue.say("setup.trial_files")
            return
        operator, voice = self._operator, self._dialogue.voice
        sent = self._line.run(lambda: trial.send(api, self._settings, config, operator, voice))
        if sent is None:
            self._dialogue.say("setup.trial_nowhere")
            return
        team = config.desk.team(sent.team).title[voice.language]
        facts = {"number": sent.number, "team": team, "address": sent.address or ""}
        self._dialogue.say("setup.trial_seen" if sent.seen else "setup.trial_waits", **facts)

    def _verdict(self, api: Api) -> bool:
        voice, known = self._dialogue.voice, self._records()

        async def examined() -> list[finding.Finding]:
            clock, _ = await clock_of(api.session, self._settings.clock_url)
            return await examine(
                Installation(self._settings, api, clock, desk_if_good(self._settings.desk_file), known), voice
            )

        found = self._line.run(examined)
        self._dialogue.show("")
        for line in finding.lines([one for one in found if one.grade is not finding.Grade.GOOD], voice):
            self._dialogue.show(line)
        self._dialogue.say("setup.running" if is_running(self._settings) else "setup.done")
        return finding.is_well(found)

    def _records(self) -> Records:
        return read_beside(self._settings.database_url.get_secret_value(), records.look)
