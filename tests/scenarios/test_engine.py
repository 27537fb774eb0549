"""The engine: a person's actions and their results. No database, no clock, no Telegram."""

import pytest

from bot.scenarios.play import engine
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Checked,
    Human,
    Offer,
    OpenTicket,
    Player,
    Press,
    Remember,
    Restart,
    Rewind,
    RunCheck,
    RunState,
    Sent,
    Skip,
    Transition,
    Typed,
)
from tests.scenarios.known import FLOW, compiled

PROGRAM = compiled(FLOW)
ANNA = Player("42", "Анна <Иванова>", "msk", "sales", "ru", {})


def begin(person: Player = ANNA, words: str | None = None, **heard: int | str) -> Transition:
    return engine.begin(PROGRAM, "printer", person, person.language, words, heard)


def after(
    *events, turn: Transition | None = None, person: Player = ANNA, program=PROGRAM, route=None
) -> Transition:
    turn = turn or begin(person)
    for event in events:
        turn = engine.advance(program, turn.state, event, person, route)
        assert RunState.from_json(turn.state.to_json()) == turn.state
    return turn


def ticket(turn: Transition) -> OpenTicket:
    return next(effect for effect in turn.effects if isinstance(effect, OpenTicket))


def test_the_first_step_is_shown_with_its_buttons_in_the_persons_language():
    turn = begin()
    assert turn.view.parts == ("Что <b>случилось</b>?",)
    assert turn.view.options == (("jam", "Замятие"), ("silent", "Не печатает"))
    assert (turn.view.step_no, turn.view.can_go_back, turn.view.awaits) == (1, False, "press")
    assert turn.view.banner == "printing"
    english = engine.begin(PROGRAM, "printer", ANNA, "en")
    assert english.view.options[0] == ("jam", "Paper jam")


def test_steps_that_ask_nothing_are_told_on_the_way():
    view = after(Press("silent")).view
    assert view.parts == ("Посмотрите очередь, Анна &lt;Иванова&gt;.", "Печать пошла?")
    assert (view.media, view.article, view.banner) == (("media/panel.jpg",), "printer-queue", None)
    assert [label for _, label in view.options] == ["Да, помогло", "Не помогло"]


def test_the_failing_answer_reads_did_not_help_in_english():
    anna = Player("42", "Anna", language="en")
    view = engine.advance(
        PROGRAM, engine.begin(PROGRAM, "printer", anna, "en").state, Press("silent"), anna
    ).view
    assert view.options[1] == ("no", "Did not help")


def test_what_the_first_words_named_is_not_asked_and_stands_in_the_ticket():
    turn = after(
        Press("silent"), Press("no"), Checked("fail", "молчит"), turn=begin(floor=3, device="PRN-302")
    )
    assert ticket(turn).summary == "Не печатает, 3: PRN-302"
    assert ("Этаж?", "3") in ticket(turn).transcript
    assert ("Имя принтера?", "PRN-302") in ticket(turn).transcript


def test_what_they_named_is_asked_all_the_same_when_it_cannot_be_an_answer():
    turn = after(Press("silent"), Press("no"), turn=begin(floor=400, device="ПК-0417"))
    assert turn.view.parts == ("Этаж?",)
    assert after(Typed("3"), turn=turn).view.parts == ("Имя принтера?",)


def test_another_floor_in_the_first_words_makes_the_known_room_unknown():
    at_home = Player("42", "Анна", language="ru", profile={"floor": 5, "room": "501"})
    program = compiled(
        FLOW.replace("  floor: {", "  room: {type: text, label: {ru: Кабинет, en: Room}}\n  floor: {")
    )
    for heard, known in (
        ({"floor": 3}, {"floor": 3}),
        ({"floor": 5}, {"floor": 5, "room": "501"}),
        ({"floor": 99}, {"floor": 5, "room": "501"}),
    ):
        turn = engine.begin(program, "printer", at_home, "ru", None, heard)
        assert turn.state.place.profile == known
        assert engine.advance(program, turn.state, Restart(), at_home).state.place.profile == known


def test_solved_says_so_and_ends():
    turn = after(Press("silent"), Press("yes"))
    assert turn.effects == ()
    assert turn.state.done == "solved"
    assert turn.state.done == "solved"
    assert turn.view.parts


def test_the_ticket_carries_everything_that_was_said():
    turn = after(
        Press("silent"),
        Press("no"),
        Typed("3 этаж"),
        Typed("PRN-302"),
        Checked("fail", "молчит"),
        turn=begin(words="не печатает!"),
    )
    assert ticket(turn) == OpenTicket(
        scenario="printer",
        category="printing",
        team="helpdesk",
        type="incident",
        impact="one",
        urgency="blocked",
        summary="Не печатает, 3: PRN-302",
        summary_own="Не печатает, 3: PRN-302",
        body="Что случилось? — Не печатает\nПечать пошла? — Не помогло\nЭтаж? — 3\nИмя принтера? — PRN-302\n Сеть: молчит",
        transcript=(
            ("Что случилось?", "Не печатает"),
            ("Печать пошла?", "Не помогло"),
            ("Этаж?", "3"),
            ("Имя принтера?", "PRN-302"),
        ),
        files=(),
        words="не печатает!",
        answers={
            "problem": "silent",
            "floor": 3,
            "name": "PRN-302",
            "probe": {"outcome": "fail", "ok": False, "text": "молчит"},
        },
        tried=("очередь",),
        tried_own=("очередь",),
    )
    assert turn.state.done == "ticket"


def test_the_ticket_of_an_english_speaker_is_in_the_language_of_the_desk():
    anna = Player("42", "Anna", language="en", profile={"floor": 3})
    turn = after(Press("jam"), Skip(), Skip(), Checked("fail"), turn=begin(anna), person=anna)
    assert ticket(turn).summary == "Замятие, 3: без имени"
    assert ticket(turn).transcript[1] == ("Пришлите фото.", "пропущено")


def test_the_persons_own_card_is_in_their_language():
    anna = Player("42", "Anna", language="en", profile={"floor": 3})
    turn = after(Press("silent"), Press("no"), Human(), turn=begin(anna, "it is silent"), person=anna)
    opened = ticket(turn)
    assert (opened.summary, opened.summary_own) == ("Принтер: it is silent", "Printer: it is silent")
    assert (opened.tried, opened.tried_own) == (("очередь",), ("queue",))


def test_a_check_is_asked_for_and_its_outcome_leads_on():
    turn = after(Press("jam"), Skip(), Typed("3"), Typed("prn-302"))
    assert turn.view.awaits == "check"
    assert turn.effects == (RunCheck("printer_status", {"printer": "prn-302", "floor": 3}, 3),)
    assert after(Checked("ok"), turn=turn).view.parts == ("Принтер отвечает. Подождёте?",)
    assert ticket(after(Checked("fail"), turn=turn)).team == "helpdesk"
    assert after(Checked("error"), turn=turn).view.awaits == "press"
    hinted = after(Typed("ну что там"), turn=turn)
    assert not hinted.moved
    assert hinted.view.hint


def test_showing_again_asks_for_the_pending_check_and_changes_nothing():
    turn = after(Press("jam"), Skip(), Typed("3"), Skip())
    again = engine.show(PROGRAM, turn.state, ANNA)
    assert (again.state, again.view) == (turn.state, turn.view)
    assert [type(effect) for effect in again.effects] == [RunCheck]


def test_a_late_check_changes_nothing():
    turn = after(Press("jam"))
    assert after(Checked("ok"), turn=turn).state == turn.state


def test_a_profile_field_is_asked_once_and_remembered():
    turn = after(Press("jam"), Skip(), Typed("7"))
    assert turn.effects == (Remember("floor", 7),)
    known = Player("42", "Анна", profile={"floor": 7})
    turn = after(Press("jam"), Skip(), turn=begin(known), person=known)
    assert turn.view.parts == ("Имя принтера?",)
    assert turn.state.place.profile == {"floor": 7}


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("третий", "число"), ("3 или 4", "число"), ("99", "от -2 до 60"), ("", "число")],
)
def test_a_number_that_does_not_fit_is_told_kindly(typed, hint):
    turn = after(Press("jam"), Skip(), Typed(typed))
    assert not turn.moved
    assert hint in (turn.view.hint or "")


def test_a_text_that_does_not_fit_gets_the_authors_own_hint():
    turn = after(Press("jam"), Skip(), Typed("3"), Typed("принтер у окна"))
    assert turn.view.hint == "Имя вроде PRN-302."
    assert turn.view.skippable


def test_back_restores_the_answers_as_they_were():
    turn = after(Press("silent"), Press("no"), Typed("3"))
    back = after(Back(), Back(), turn=turn)
    assert back.view.options[1] == ("no", "Не помогло")
    assert back.state.answers == {"problem": "silent"}
    assert back.state.tried == ()
    assert back.state.asked == (("Что случилось?", "Не печатает"),)
    assert after(Back(), turn=back).view.parts == begin().view.parts


def test_back_passes_over_a_check():
    turn = after(Press("jam"), Skip(), Typed("3"), Typed("PRN-302"), Checked("ok"))
    assert after(Back(), turn=turn).view.parts == ("Имя принтера?",)


def test_back_at_the_first_step_says_there_is_nothing_before_it():
    turn = after(Back())
    assert not turn.moved
    assert turn.view.hint


def test_rewind_returns_to_a_step_shown_earlier():
    turn = after(Press("silent"), Press("no"), Typed("3"))
    rewound = after(Rewind(2), turn=turn)
    assert rewound.view.article == "printer-queue"
    assert rewound.state.seq == turn.state.seq + 1
    assert rewound.state.seqs == (1,)
    assert not after(Rewind(99), turn=turn).moved


def test_restart_forgets_the_answers_and_keeps_the_words():
    turn = after(Press("silent"), Restart(), turn=begin(words="принтер молчит"))
    assert turn.view.parts == begin().view.parts
    assert (turn.state.answers, turn.state.history, turn.state.words) == ({}, (), "принтер молчит")


def test_cancel_ends_without_a_ticket():
    turn = after(Press("silent"), Cancel())
    assert turn.effects == ()
    assert turn.state.done == "cancelled"
    assert not after(Press("no"), turn=turn).moved


def test_a_human_is_called_from_any_step_with_everything_said_so_far():
    turn = after(Press("silent"), Press("no"), Sent("photo", "F1"), Human(), turn=begin(words="горит!"))
    opened = ticket(turn)
    assert (opened.why, opened.team, opened.category, opened.summary) == (
        "human",
        "helpdesk",
        "printing",
        "Принтер: горит!",
    )
    assert opened.files == (("photo", "F1"),)
    assert opened.tried == ("очередь",)
    assert turn.state.done == "human"
    assert "повторять не придётся" in turn.view.parts[0]


def test_words_typed_at_a_choice_are_matched_to_a_button():
    for words in ("замятие", "Замятие!", "1", "замятье", "там опять замятие, помогите", "paper jam"):
        assert after(Typed(words)).view.awaits == "photo", words
    assert after(Press("silent"), Typed("не помогло")).view.parts == ("Этаж?",)
    assert after(Press("silent"), Typed("да, спасибо, заработало")).state.done == "solved"
    assert after(Press("silent"), Typed("помогло")).state.done == "solved"


def test_a_not_never_matches_a_button_without_one():
    turn = after(Press("silent"), Typed("совсем не помогло"))
    assert turn.view.parts == ("Этаж?",)
    assert after(Press("silent"), Typed("не заработало")).state.done is None


def test_words_that_fit_nothing_are_answered_with_a_hint_and_teach_the_router():
    turn = after(Typed("ничего не понимаю"))
    assert turn.effects == ()
    assert turn.view.hint
    assert turn.state == begin().state


def test_words_of_another_scenario_are_offered():
    wifi = "  wifi:\n    title: Wi-Fi\n    category: network\n    phrases: [no wifi]\n    steps: [{end: Wait.}]\n"
    program = compiled(FLOW.replace("  printer:\n", wifi + "  printer:\n", 1))
    turn = engine.begin(program, "printer", ANNA, "ru")
    turn = after(Typed("вайфай пропал"), turn=turn, program=program, route=lambda text: ("wifi", "printer"))
    assert turn.effects == (Offer(("wifi",)),)
    assert "Wi-Fi" in (turn.view.hint or "")


def test_the_words_of_automatic_buttons_may_be_typed():
    assert after(Press("silent"), Typed("назад")).view.parts == begin().view.parts
    assert after(Press("silent"), Typed("Позвать человека")).state.done == "human"
    assert after(Press("jam"), Typed("пропустить")).view.parts == ("Этаж?",)


def test_a_picture_where_words_were_asked_is_kept_for_the_ticket():
    turn = after(Press("silent"), Sent("photo", "F1"))
    assert not turn.moved
    assert "приложу" in (turn.view.hint or "")
    assert turn.state.files == (("photo", "F1"),)


def test_a_picture_with_words_answers_by_its_words():
    turn = after(Press("silent"), Sent("photo", "F1", "не помогло"))
    assert turn.view.parts == ("Этаж?",)
    assert turn.state.files == (("photo", "F1"),)


def test_a_photo_step_takes_pictures_and_explains_what_else_it_got():
    assert after(Press("jam"), Sent("document", "F1")).view.parts == ("Этаж?",)
    turn = after(Press("jam"), Sent("voice", "V1"))
    assert not turn.moved
    assert "фотография" in (turn.view.hint or "")


def test_a_forged_button_changes_nothing():
    for event in (Press("nonsense"), Press("_9"), Skip()):
        turn = after(event)
        assert turn.state == begin().state
        assert turn.view.hint


def test_going_in_circles_ends_with_a_human_who_is_told():
    circle = compiled(
        FLOW.replace('"no": floor', '"no": what')
        .replace("max_visits", "max_visits")
        .replace("      - id: what\n", "      - id: what\n        max_visits: 2\n")
    )
    turn = engine.begin(circle, "printer", ANNA, "ru")
    for _ in range(2):
        turn = after(Press("silent"), Press("no"), turn=turn, program=circle)
    assert ticket(turn).why == "loop"
    assert "по кругу" in turn.view.parts[-1]


def test_a_run_whose_version_is_lost_keeps_the_answers_that_still_fit():
    turn = after(Press("jam"), Skip(), Typed("3"))
    changed = compiled(FLOW.replace("      - id: floor\n", "      - say: Ещё минуту.\n      - id: floor\n"))
    carried = engine.carry(changed, turn.state, ANNA)
    assert carried.state.version == changed.scenarios["printer"].hash
    assert carried.state.answers["problem"] == "jam"
    assert carried.state.seq > turn.state.seq


def test_a_run_whose_scenario_is_gone_goes_to_a_human():
    turn = after(Press("jam"))
    other = compiled(FLOW.replace("  printer:\n", "  scanner:\n"))
    gone = engine.carry(other, turn.state, ANNA)
    assert gone.state.done == "human"
    assert ticket(gone).transcript == (("Что случилось?", "Замятие"),)
