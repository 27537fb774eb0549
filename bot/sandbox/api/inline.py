"""answerInlineQuery."""

from typing import TYPE_CHECKING

from bot.sandbox.refusals import refuse
from bot.sandbox.table import method
from bot.sandbox.wire import FLAG, INT, JSON, TEXT, Args

if TYPE_CHECKING:
    from bot.sandbox.box import Box

RESULTS_LIMIT = 50


@method(
    "answerInlineQuery",
    inline_query_id=TEXT,
    results=JSON,
    cache_time=INT,
    is_personal=FLAG,
    next_offset=TEXT,
    button=JSON,
)
def answer_inline_query(box: "Box", args: Args) -> bool:
    results = args.get("results")
    if not isinstance(results, list):
        raise refuse("json_field", field="inline query results")
    if len(results) > RESULTS_LIMIT:
        raise refuse("results_many")
    for result in results:
        for field in ("type", "id"):
            if not isinstance(result, dict) or not result.get(field):
                raise refuse("results_bad", why=f'Can\'t find field "{field}"')
    answer = {"results": results, "next_offset": args.get("next_offset", ""), "button": args.get("button")}
    box.queries.answer(args.get("inline_query_id", ""), answer)
    return True
