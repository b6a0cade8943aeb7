"""The gate for what is typed about accounts, notices and agreements."""

from referral.partners.schemas.accounts import CodeSchema, NoticeFilterSchema, PasswordSchema, SignInSchema

__all__ = ["CodeSchema", "NoticeFilterSchema", "PasswordSchema", "SignInSchema"]
