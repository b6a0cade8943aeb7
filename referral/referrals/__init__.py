"""The referral loop: find, ask, send, answer, deliver, feed back."""
