"""A mail program for tests: one order as JSON on standard input, one answer as JSON. Python's own SMTP and IMAP."""

import base64
import email
import email.policy
import imaplib
import json
import smtplib
import ssl
import sys
import time
from email.message import EmailMessage

order = json.load(sys.stdin)
trusting = ssl.create_default_context(cafile=order["caFile"])
trusting.check_hostname = False


def mailbox():
    box = imaplib.IMAP4_SSL(order["host"], order["imapsPort"], ssl_context=trusting, timeout=15)
    box.login(order["username"], order["password"])
    return box


def written():
    mail = EmailMessage()
    for name, value in order["headers"].items():
        mail[name] = value
    mail.set_content(order["text"])
    if "html" in order:
        mail.add_alternative(order["html"], subtype="html")
        for part in order.get("inline", []):
            main, sub = part["type"].split("/")
            mail.get_payload()[1].add_related(
                base64.b64decode(part["content"]), main, sub, cid="<" + part["cid"] + ">", filename=part["name"]
            )
    for part in order.get("files", []):
        main, sub = part["type"].split("/")
        mail.add_attachment(base64.b64decode(part["content"]), main, sub, filename=part["name"])
    return mail


def send():
    with smtplib.SMTP_SSL(order["host"], order["smtpsPort"], context=trusting, timeout=15) as smtp:
        smtp.login(order["username"], order["password"])
        smtp.send_message(written())
    return {}


def file():
    box = mailbox()
    at = imaplib.Time2Internaldate(order["at"]) if "at" in order else imaplib.Time2Internaldate(time.time())
    flags = " ".join(order.get("flags", []))
    box.create(order["folder"])
    status, said = box.append(order["folder"], "(" + flags + ")", at, written().as_bytes(policy=email.policy.SMTP))
    box.logout()
    if status != "OK":
        raise RuntimeError(str(said))
    return {}


def shown(uid, flags, raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "uid": uid,
        "seen": "\\Seen" in flags,
        "headers": {name.lower(): str(value) for name, value in mail.items()},
        "text": plain.get_content() if plain else "",
        "html": html.get_content() if html else None,
        "files": [
            {
                "name": part.get_filename(),
                "type": part.get_content_type(),
                "content": base64.b64encode(part.get_payload(decode=True) or b"").decode(),
            }
            for part in mail.iter_attachments()
        ],
    }


def read():
    box = mailbox()
    found = []
    status, _ = box.select(order["folder"], readonly=True)
    if status == "OK":
        _, [uids] = box.uid("search", None, "ALL")
        for uid in uids.decode().split():
            _, parts = box.uid("fetch", uid, "(FLAGS BODY.PEEK[])")
            head, raw = next(part for part in parts if isinstance(part, tuple))
            flags = head.decode() + "".join(part.decode() for part in parts if isinstance(part, bytes))
            found.append(shown(int(uid), flags, raw))
    box.logout()
    return found


def mark():
    box = mailbox()
    box.select(order["folder"])
    box.uid("store", str(order["uid"]), "+FLAGS", "(\\Seen)")
    box.logout()
    return {}


print(json.dumps({"send": send, "file": file, "read": read, "mark": mark}[order["do"]]()))
