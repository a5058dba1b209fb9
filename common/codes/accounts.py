"""Codes of accounts, tokens and sign-in."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "U10",
        _("No sign-in is locked"),
        _(
            "unlock_sign_in found no lock for this name, from this address, or at all. Too many wrong passwords "
            "lock sign-in for at most an hour, after which the lock expires; a person who still cannot sign in "
            "has a different problem."
        ),
        _(
            "If another name or address is locked, run unlock_sign_in without options. If the password is "
            "forgotten, set a new one with changepassword NAME."
        ),
        "U10 error: nothing is locked for olga -> no sign-in is locked; to set a new password for an "
        "account: changepassword NAME",
        says={
            "nothing": Says(_("nothing is locked"), "{way_in}"),
            "forgotten_password": Says(
                _("no sign-in is locked; to set a new password for an account: `changepassword NAME`")
            ),
            "name_from_address": Says(_("nothing is locked for {name} from {address}"), "{way_in}"),
            "name": Says(_("nothing is locked for {name}"), "{way_in}"),
            "address": Says(_("nothing is locked from {address}"), "{way_in}"),
            "others_locked": Says(
                _("`unlock_sign_in` without options removes every lock; a lock expires within an hour")
            ),
        },
    ),
    Code(
        "U11",
        _("The account has the maximum number of tokens"),
        _(
            "A new token was requested, but the account already has 50 that have not expired. The limit keeps "
            "the list short enough to review, because a forgotten token still gives access."
        ),
        _(
            "Revoke tokens that are no longer used: list_tokens --user NAME shows when each was last used; "
            "revoke_token ID or DELETE /api/v1/tokens/ID/ revokes it."
        ),
        "U11 error: the account olga already has 50 tokens, the maximum -> revoke unused tokens "
        "(list_tokens, revoke_token, DELETE /api/v1/tokens/ID/)",
        says={
            "": Says(
                _("the account {account} already has {limit} tokens, the maximum"),
                _("revoke unused tokens (`list_tokens`, `revoke_token`, DELETE /api/v1/tokens/ID/)"),
            )
        },
    ),
    Code(
        "U12",
        _("The token does not exist"),
        _(
            "The token to revoke does not exist, was already revoked, or expired and was deleted; over REST, "
            "it may also belong to another account. The id is t- and 8 letters or digits, never the token "
            "itself."
        ),
        _(
            "Find the id with list_tokens. If list_tokens does not show it, the token gives no access and no "
            "action is needed."
        ),
        "U12 error: token t-4fG7kQ2z does not exist -> list_tokens shows the existing tokens",
        says={"": Says(_("token {token} does not exist"), _("`list_tokens` shows the existing tokens"))},
    ),
    Code(
        "U13",
        _("The account does not exist"),
        _(
            "create_token or list_tokens --user names an account that does not exist. A token always belongs "
            "to an account, because it has the rights of that account."
        ),
        _(
            "Look up the name on the Users page. On a new installation, create the first account with "
            "createsuperuser."
        ),
        "U13 error: account olga does not exist -> the Users page lists all accounts",
        says={
            "unknown": Says(_("account {name} does not exist"), _("the Users page lists all accounts")),
            "no_account_yet": Says(
                _("account {name} does not exist"), _("create the first account: `createsuperuser`")
            ),
        },
    ),
    Code(
        "U14",
        _("The request was not made with a token"),
        _(
            "DELETE /api/v1/token/ revokes the token that the request itself carries, but this request was "
            "authenticated with a session or in another way."
        ),
        _(
            "Send the request with the header Authorization: Token … to revoke that token. To revoke another "
            "of your tokens, use DELETE /api/v1/tokens/ID/."
        ),
        "U14 error: this request was sent without a token, so there is none to revoke -> DELETE "
        "/api/v1/tokens/ID/ revokes any of your tokens",
        says={
            "": Says(
                _("this request was sent without a token, so there is none to revoke"),
                _("DELETE /api/v1/tokens/ID/ revokes any of your tokens"),
            )
        },
    ),
)
