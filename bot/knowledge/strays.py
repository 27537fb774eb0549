"""The compiler's question to the router: which phrases of the scenarios file would start another scenario."""

from bot.knowledge.route import Router
from bot.yamlfiles import Complaint, Document
from bot.yamlfiles.bundle import placed


def stray_phrases(document: Document, router: Router) -> list[Complaint]:
    """W410 at every phrase that, left out itself, leads elsewhere. About a millisecond a phrase."""
    complaints = []
    scenarios = document.data["scenarios"]
    for scenario, phrase, other in router.strays():
        phrases = [str(said) for said in scenarios[scenario].get("phrases") or []]
        if phrase in phrases:
            mark = document.mark(("scenarios", scenario, "phrases", phrases.index(phrase)))
            complaints.append(Complaint("W410", document.name, mark, {"phrase": phrase, "other": other}))
    return placed(complaints, document.name, document.text)
