"""getUpdates, setWebhook, deleteWebhook, getWebhookInfo."""

from sandbox.api.ready import Ready
from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import FILE, FLAG, INT, JSON, TEXT, Args
from sandbox.core.world import Json

METHODS = Methods()

SET_PAUSE = 1.0  # steady seconds between two setWebhook calls, S process_set_webhook_query


@METHODS.add("getUpdates", offset=INT, limit=INT, timeout=INT, allowed_updates=JSON)
async def get_updates(box: Box, args: Args) -> Ready:
    answer = await box.polling.get(
        args.get("offset", 0),
        args.get("limit", 100),
        float(args.get("timeout", 0)),
        args.get("allowed_updates"),
    )
    return Ready(answer)


@METHODS.add(
    "setWebhook",
    url=TEXT,
    certificate=FILE,
    ip_address=TEXT,
    max_connections=INT,
    allowed_updates=JSON,
    drop_pending_updates=FLAG,
    secret_token=TEXT,
)
async def set_webhook(box: Box, args: Args) -> bool:
    url = args.get("url", "").strip()
    if not url:
        return await delete_webhook(box, args)
    now = box.clock.steady()
    if now < box.webhook.set_at + SET_PAUSE:
        raise refuse("flood", seconds=1)
    await box.polling.interrupt()
    allowed = args.get("allowed_updates")
    if isinstance(allowed, list):
        box.updates.allowed = [kind for kind in allowed if isinstance(kind, str)]
    if args.get("drop_pending_updates"):
        box.updates.drop_all()
    box.webhook.start(url, args.get("secret_token", ""), args.get("max_connections", 0))
    box.webhook.set_at = now
    return True


@METHODS.add("deleteWebhook", drop_pending_updates=FLAG)
async def delete_webhook(box: Box, args: Args) -> bool:
    box.webhook.stop()
    if args.get("drop_pending_updates"):
        box.updates.drop_all()
    return True


@METHODS.add("getWebhookInfo")
def get_webhook_info(box: Box, args: Args) -> Json:
    return box.webhook.picture()
