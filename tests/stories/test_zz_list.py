from tests.stories.test_messages_in_a_topic import *
from tests.desk import SVETA, said
async def test_list(desk: Desk) -> None:
    for one in (OLEG, SVETA, NINA):
        await desk.write(one, "/my")
    await a_ticket_from_claim_to_end(desk)
    for chat in (HELPDESK, NETWORK, OLEG, SVETA):
        for one in await the_bots(desk, chat):
            print("\n####", chat, one.get("message_thread_id"), one["message_id"], "DELETED" if one.get("deleted") else "", [k for k in one if k not in ("text","entities","chat","from","date","message_id","message_thread_id","reply_markup","is_topic_message")])
            print(one.get("text"), one.get("date"), [[k["text"] for k in r] for r in one.get("reply_markup",{}).get("inline_keyboard",[])])
