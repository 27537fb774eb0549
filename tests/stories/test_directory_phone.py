"""Who takes a ticket reads the number of the directory on its card; the number goes with the work, and with the person."""

from __future__ import annotations

from bot.people import directory
from bot.people.importer import take_in
from bot.people.roster import read_roster
from bot.storage import erasing
from bot.storage.personal import Whose
from tests.desk import ANNA, HELPDESK, OLEG, Desk, said
from tests.units import work

PHONE = "+7 495 123-45-67"


async def test_the_number_of_the_directory_is_on_the_card_from_the_claim_on(desk: Desk) -> None:
    anna = await desk.db.read(directory.known, ANNA)
    assert anna is not None
    entries, complaints = read_roster(
        "hr.csv", f"staff_id,name,phone,email\n{anna.staff_id},{anna.name},{PHONE},anna@example.org\n"
    )
    assert not complaints
    await desk.db.run(take_in, "hr.csv", entries)
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    assert PHONE not in said(await desk.find(HELPDESK, "1 ·"))
    await desk.press(OLEG, "Взять", HELPDESK)
    assert f"☎️ {PHONE} · anna@example.org" in said(await desk.find(HELPDESK, "1 ·"))
    whose = Whose(anna.id, anna.key, anna.telegram_id)
    await desk.db.run(lambda tx: erasing.erase_identity(work(tx, 0), whose))
    erased = await desk.db.read(directory.get, anna.id)
    assert (erased.phone, erased.email) == ("", "")
