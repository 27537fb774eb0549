"""answerInlineQuery."""

from typing import Any

from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import FLAG, INT, JSON, TEXT, Args
from sandbox.core.world import Json
from sandbox.rules.entities import formatted
from sandbox.rules.keyboards import read_markup

METHODS = Methods()

RESULTS_LIMIT = 50
ID_LIMIT = 64  # bytes
OFFSET_LIMIT = 64  # bytes


@METHODS.add(
    "answerInlineQuery",
    inline_query_id=TEXT,
    results=JSON,
    cache_time=INT,
    is_personal=FLAG,
    next_offset=TEXT,
    button=JSON,
)
def answer_inline_query(box: Box, args: Args) -> bool:
    """All results are checked before the query is looked up: one bad result and the person sees none."""
    results, offset = args.get("results"), args.get("next_offset", "")
    if not isinstance(results, list):
        raise refuse("json_field", field="inline query results")
    if len(results) > RESULTS_LIMIT:
        raise refuse("results_many")
    checked = [_checked(box, result) for result in results]
    if len({result["id"] for result in checked}) < len(checked):
        raise refuse("result_id_twice")
    if len(offset.encode()) > OFFSET_LIMIT:
        raise refuse("next_offset")
    answer = {"results": checked, "next_offset": offset, "button": args.get("button")}
    box.queries.answer(args.get("inline_query_id", ""), answer)
    return True


def _checked(box: Box, result: Any) -> Json:
    """One result: an article with a text; other kinds are not implemented."""
    if not isinstance(result, dict) or not result.get("type"):
        raise refuse("results_bad", why='Can\'t find field "type"')
    if result["type"] != "article":
        raise refuse("not_implemented", what=f"inline results of type {result['type']}")
    for field in ("id", "title", "input_message_content"):
        if not result.get(field):
            raise refuse("results_bad", why=f'Can\'t find field "{field}"')
    if len(str(result["id"]).encode()) > ID_LIMIT:
        raise refuse("result_id")
    written = result["input_message_content"]
    if "message_text" not in written:
        raise refuse("not_implemented", what="inline results that send anything but a text")
    formatted(
        str(written["message_text"]), written.get("parse_mode"), written.get("entities"), box.world.users
    )
    read_markup(result.get("reply_markup"), inline_only=True)
    return {**result, "id": str(result["id"])}
