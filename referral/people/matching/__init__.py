"""Is this the same person? Names folded and sounded, identities compared field by field, the evidence in words.

Pure: neither the web nor a database. `names` says when two spellings are one name; `identity` is what is known about
who somebody is; `comparing` weighs two identities (Fellegi and Sunter, 1969) with the figures of `weights`.
"""

from referral.people.matching.comparing import compare
from referral.people.matching.identity import Identity
from referral.people.matching.weights import Comparison, Evidence, Level, Verdict

__all__ = ["Comparison", "Evidence", "Identity", "Level", "Verdict", "compare"]
