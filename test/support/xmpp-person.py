"""A person on XMPP with a client of another maker (slixmpp): commands as JSON lines in, what it sees as JSON lines out."""

import asyncio
import base64
import json
import logging
import sys
import urllib.request

from slixmpp import ClientXMPP
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

PLUGINS = [
    'xep_0030', 'xep_0045', 'xep_0060', 'xep_0066', 'xep_0084', 'xep_0085', 'xep_0115', 'xep_0163', 'xep_0184',
    'xep_0191', 'xep_0199', 'xep_0249', 'xep_0308', 'xep_0333', 'xep_0334', 'xep_0359', 'xep_0363', 'xep_0421',
    'xep_0422', 'xep_0424', 'xep_0428', 'xep_0444', 'xep_0461',
]


def tell(**event):
    sys.stdout.write(json.dumps(event) + '\n')
    sys.stdout.flush()


def split(tag):
    namespace, _, name = tag[1:].partition('}') if tag.startswith('{') else ('', '', tag)
    return namespace, name


def tree(element, depth=0):
    namespace, name = split(element.tag)
    node = {'ns': namespace, 'name': name, 'attrs': dict(element.attrib), 'text': element.text or ''}
    if depth < 5:
        node['children'] = [tree(child, depth + 1) for child in element]
    return node


class Person(ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        for plugin in PLUGINS:
            self.register_plugin(plugin)
        self.auto_authorize = None
        self.auto_subscribe = False
        for kind in ('message', 'presence'):
            self.register_handler(
                Callback('every ' + kind, MatchXPath('{jabber:client}' + kind), lambda stanza, kind=kind: self.seen(kind, stanza))
            )
        self.add_event_handler('session_start', self.started)
        self.add_event_handler('failed_all_auth', lambda _: tell(event='refused'))
        self.add_event_handler('disconnected', lambda _: tell(event='gone'))

    async def get_dns_records(self, domain, port=None):
        return []  # The address is given.

    def seen(self, kind, stanza):
        xml = stanza.xml
        body = xml.find('{jabber:client}body')
        tell(
            event=kind, sender=str(stanza['from']), to=str(stanza['to']), type=xml.get('type') or '', id=xml.get('id') or '',
            body=None if body is None else body.text or '', parts=[tree(child) for child in xml],
        )

    async def started(self, _):
        await self.get_roster()
        self.send_presence()
        tell(event='ready', jid=str(self.boundjid))

    def message(self, c):
        return self.make_message(mto=c['to'], mbody=c.get('body'), mtype=c.get('type', 'chat'))

    async def do_send(self, c):
        m = self.message(c)
        if c.get('id'):
            m['id'] = c['id']
        m['origin_id']['id'] = m['id']
        if c.get('markable', True):
            m.enable('markable')
        if c.get('receipt', True) and m['type'] == 'chat':
            m['request_receipt'] = True
        m.send()
        return m['id']

    async def do_edit(self, c):
        m = self.message(c)
        m['replace']['id'] = c['target']
        m.send()

    async def do_retract(self, c):
        self['xep_0424'].send_retraction(c['to'], c['target'], mtype=c.get('type', 'chat'))

    async def do_react(self, c):
        if c.get('type') == 'groupchat':
            m = self.make_message(mto=c['to'], mtype='groupchat')
            self['xep_0444'].set_reactions(m, c['target'], c['set'])
            m.send()
        else:
            self['xep_0444'].send_reactions(c['to'], c['target'], c['set'])

    async def do_reply(self, c):
        self['xep_0461'].send_reply(c['author'], c['target'], mto=c['to'], mbody=c['body'], mtype=c.get('type', 'chat'))

    async def do_marker(self, c):
        m = self.message(c)
        m[c.get('marker', 'displayed')]['id'] = c['target']
        m.send()

    async def do_state(self, c):
        m = self.message(c)
        m['chat_state'] = c['state']
        m.send()

    async def do_upload(self, c):
        content = base64.b64decode(c['content'])
        answer = await self['xep_0363'].request_slot(c['service'], c['name'], len(content), c['mime'])
        slot = answer['http_upload_slot']
        url = slot['get']['url']
        headers = {header['name']: header['value'] for header in slot['put']['headers']}
        request = urllib.request.Request(
            slot['put']['url'], content, {**headers, 'Content-Type': c['mime']}, method='PUT')
        await asyncio.get_running_loop().run_in_executor(None, urllib.request.urlopen, request)
        m = self.make_message(mto=c['to'], mbody=url, mtype=c.get('type', 'chat'))
        m['oob']['url'] = url
        m.send()
        return url

    async def do_presence(self, c):
        self.send_presence(pto=c.get('to'), pshow=c.get('show'), pstatus=c.get('status'), ptype=c.get('type'))

    async def do_avatar(self, c):
        content = base64.b64decode(c['content'])
        await self['xep_0084'].publish_avatar(content)
        await self['xep_0084'].publish_avatar_metadata([
            {'id': self['xep_0084'].generate_id(content), 'type': 'image/png', 'bytes': str(len(content))}])

    async def do_join(self, c):
        await self['xep_0045'].join_muc_wait(c['room'], c['nick'], maxstanzas=0, timeout=10)
        if c.get('configure') is not None:
            form = await self['xep_0045'].get_room_config(c['room'])
            values = form.get_values()
            values.update(c['configure'])
            form['type'] = 'submit'
            form.set_values(values)
            await self['xep_0045'].set_room_config(c['room'], form)

    async def do_leave(self, c):
        self['xep_0045'].leave_muc(c['room'], c['nick'])

    async def do_subject(self, c):
        self.make_message(mto=c['room'], mtype='groupchat', msubject=c['subject']).send()

    async def do_invite(self, c):
        if c.get('direct'):
            self['xep_0249'].send_invitation(c['to'], c['room'], reason=c.get('reason'))
        else:
            self['xep_0045'].invite(c['room'], c['to'], reason=c.get('reason', ''))

    async def do_kick(self, c):
        await self['xep_0045'].set_role(c['room'], c['nick'], 'none', reason=c.get('reason', ''))

    async def do_fence(self, _):
        await self['xep_0199'].send_ping(self.boundjid.host, timeout=10)

    async def do_roster(self, c):
        return {jid: {'subscription': item['subscription'], 'groups': list(item['groups']), 'name': item['name']}
                for jid, item in ((jid, self.client_roster[jid]) for jid in self.client_roster)}

    async def do_block(self, c):
        await (self['xep_0191'].block if c.get('on', True) else self['xep_0191'].unblock)(c['who'])

    async def do_blocked(self, _):
        answer = await self['xep_0191'].get_blocked()
        return sorted(str(jid) for jid in answer['blocklist']['items'])


async def main():
    jid, password, host, port, authority = sys.argv[1:6]
    logging.disable(logging.CRITICAL)
    person = Person(jid, password)
    person.ca_certs = authority
    person.default_domain = person.boundjid.host
    person.connect((host, int(port)), use_ssl=True, disable_starttls=True)
    loop = asyncio.get_event_loop()
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running = set()

    async def run(c):
        try:
            tell(done=c['n'], value=await getattr(person, 'do_' + c['do'])(c))
        except Exception as error:  # Told to the test, which knows what to make of it.
            tell(done=c['n'], error=repr(error))

    while line := await reader.readline():
        c = json.loads(line)
        if c.get('wait'):
            await run(c)
        else:
            task = loop.create_task(run(c))
            running.add(task)
            task.add_done_callback(running.discard)
    await person.disconnect(wait=1)


asyncio.get_event_loop().run_until_complete(main())
