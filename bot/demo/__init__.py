"""The whole product without a token: sandbox, company and bot, started together."""
