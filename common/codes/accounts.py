"""Codes of accounts, tokens and sign-in."""

from common.codes.registry import Code

CODES = (
    Code(
        "U10",
        "No sign-in is locked",
        "unlock_sign_in found no lock for this name, from this address, or at all. Too many wrong "
        "passwords lock sign-in for at most an hour, and a lock ends by itself; a person who still "
        "cannot sign in has another problem.",
        "When another name or address is locked, run unlock_sign_in without options. When the password "
        "is forgotten, set a new one with changepassword NAME.",
        "U10 error: nothing is locked for olga -> nobody is locked; who has forgotten the password gets "
        "another one: changepassword NAME",
    ),
    Code(
        "U11",
        "The account has the maximum number of tokens",
        "A new token was asked for, and the account has 50 that have not expired. The limit keeps the "
        "list short enough to review, because a forgotten token still gives access.",
        "Revoke tokens that are no longer used: list_tokens --user NAME shows when each was used last, "
        "revoke_token ID or DELETE /api/v1/tokens/ID/ ends it.",
        "U11 error: the account olga has 50 tokens, which is the most -> revoke those that nobody uses "
        "(list_tokens, revoke_token, DELETE /api/v1/tokens/ID/)",
    ),
    Code(
        "U12",
        "There is no token with this id",
        "The token to revoke does not exist, was revoked already, or expired and was deleted; over "
        "REST, it may also be another account's. The id is t- and 8 letters or digits, never the token "
        "itself.",
        "Find the id with list_tokens. When list_tokens does not show it, it gives no access and "
        "nothing is left to do.",
        "U12 error: there is no token t-4fG7kQ2z -> list_tokens shows them",
    ),
    Code(
        "U13",
        "There is no account with this name",
        "create_token or list_tokens --user names an account that does not exist. A token always "
        "belongs to an account, because the rights of the account are its rights.",
        "Correct the name from the page Users. On a new installation, create the first account with "
        "createsuperuser.",
        "U13 error: there is no account olga -> page Users lists them",
    ),
    Code(
        "U14",
        "The request was not made with a token",
        "DELETE /api/v1/token/ ends the token that the request itself carries, but this request was "
        "signed in with a session or in another way.",
        "Send the request with the header Authorization: Token … to end that token. To end another "
        "token of yours, use DELETE /api/v1/tokens/ID/.",
        "U14 error: this request was sent without a token, so there is none to end -> DELETE "
        "/api/v1/tokens/ID/ ends any of yours",
    ),
)
