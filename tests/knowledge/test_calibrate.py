"""Thresholds follow the phrases: where two scenarios are similar, automatic starts become rarer."""

from bot.knowledge.calibrate import calibrated
from bot.knowledge.index import Entry
from bot.knowledge.route import Options, build


def test_thresholds_rise_when_phrases_say_the_same_in_two_scenarios() -> None:
    clear = [
        Entry("tea", phrases=["заварить чай", "чай остыл", "чай с лимоном", "крепкий чай"]),
        Entry("printer", phrases=["принтер жуёт бумагу", "замяло бумагу", "бумага в принтере застряла"]),
    ]
    muddled = [
        Entry("tea", phrases=[f"прибор {n} не греет совсем" for n in "абвгдежз"]),
        Entry("kettle", phrases=[f"прибор {n} не греет совсем" for n in "иклмнопр"] + ["прибор а греет"]),
    ]
    given = Options(auto=0.2, rival=0.99, known=0.0, surely_ours=-9.0)
    assert calibrated(build(clear)).options.auto == Options().auto
    assert calibrated(build(muddled, given)).options.auto > given.auto
