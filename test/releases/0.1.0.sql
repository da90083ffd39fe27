-- migrations: 20261124000000_init 20261125000000_networks_in_depth
-- What a server of this version may have held: one of everything that later versions change or read.
INSERT INTO users (id, email, name, role, rev) VALUES
  ('00000000-0000-7000-8000-000000000001', 'owner@example.org', 'Robin', 'admin', 40);
INSERT INTO profiles (id, user_id, name, is_default) VALUES
  ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'Robin', true);
INSERT INTO auth_accounts (id, user_id, account_id, provider_id, password, updated_at) VALUES
  ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000001',
   'credential', 'hash', '2026-11-25T10:00:00Z');
INSERT INTO accounts (id, user_id, profile_id, network, channel, remote_id, name, session, cursor, state, rev) VALUES
  ('00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002',
   'irc', 'im', 'robin@irc.example.org', 'robin', '\x0102', '{"at": 7}', 'online', 3),
  ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000001', NULL,
   'sms', 'sms', '+447700900000', 'Phone', '\x0304', NULL, 'waiting', 4);
INSERT INTO account_secrets (account_id, key, value) VALUES ('00000000-0000-7000-8000-000000000010', 'device', '\x05');
INSERT INTO contacts (id, user_id, name, named, favourite, rev) VALUES
  ('00000000-0000-7000-8000-000000000020', '00000000-0000-7000-8000-000000000001', 'Ada', true, true, 5);
INSERT INTO contact_addresses (id, contact_id, home_id, kind, value) VALUES
  ('00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000020', '00000000-0000-7000-8000-000000000020',
   'phone', '+447700900123');
INSERT INTO buddies (id, account_id, remote_id, address, name, contact_id, home_contact_id, presence) VALUES
  ('00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000010', 'ada', 'ada', 'ada',
   '00000000-0000-7000-8000-000000000020', '00000000-0000-7000-8000-000000000020', 'away');
INSERT INTO conversations (id, user_id, contact_id, name, unread, draft, muted_until, last_message_at, rev) VALUES
  ('00000000-0000-7000-8000-000000000030', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000020',
   'Ada', 1, 'half a', '2027-01-01T00:00:00Z', '2026-11-25T12:00:00Z', 30),
  ('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000001', NULL, '#parley', 0, NULL, NULL, NULL, 31);
INSERT INTO chats (id, account_id, remote_id, address, kind, buddy_id, conversation_id, home_conversation_id) VALUES
  ('00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000010', 'ada', 'ada', 'direct',
   '00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000030', '00000000-0000-7000-8000-000000000030'),
  ('00000000-0000-7000-8000-000000000033', '00000000-0000-7000-8000-000000000010', '#parley', '#parley', 'channel', NULL,
   '00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000031');
INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, sent_at, route, rev) VALUES
  ('00000000-0000-7000-8000-000000000040', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000032',
   'm1', 'in', '00000000-0000-7000-8000-000000000022', 'ada', 'hello', '2026-11-25T11:00:00Z', NULL, 10),
  ('00000000-0000-7000-8000-000000000041', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000032',
   'm2', 'out', NULL, 'Robin', 'sent', '2026-11-25T11:01:00Z', NULL, 11),
  ('00000000-0000-7000-8000-000000000042', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000032',
   NULL, 'out', NULL, 'Robin', 'waits', '2026-11-25T12:00:00Z', '{"mode": "first", "steps": []}', 12);
INSERT INTO reactions (message_id, sender, name, emoji, at) VALUES
  ('00000000-0000-7000-8000-000000000041', 'ada', 'ada', '👍', '2026-11-25T11:02:00Z');
INSERT INTO attachments (id, user_id, name, type, size, hash) VALUES
  ('00000000-0000-7000-8000-000000000050', '00000000-0000-7000-8000-000000000001', 'a.txt', 'text/plain', 3, repeat('0', 64));
INSERT INTO message_attachments (message_id, attachment_id, position) VALUES
  ('00000000-0000-7000-8000-000000000040', '00000000-0000-7000-8000-000000000050', 0);
INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, status, due_at, expires_at, remote_id, message_at, rev) VALUES
  ('00000000-0000-7000-8000-000000000060', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000041',
   '00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000032', 'im', 'ada', 'sent',
   '2026-11-25T11:01:00Z', '2026-11-28T11:01:00Z', 'm2', '2026-11-25T11:01:00Z', 11),
  ('00000000-0000-7000-8000-000000000061', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000042',
   '00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000032', 'im', 'ada', 'queued',
   '2026-11-25T12:00:00Z', '2099-11-28T12:00:00Z', NULL, '2026-11-25T12:00:00Z', 12);
INSERT INTO attempts (id, delivery_id, at, ended_at, outcome) VALUES
  ('00000000-0000-7000-8000-000000000062', '00000000-0000-7000-8000-000000000060', '2026-11-25T11:01:00Z',
   '2026-11-25T11:01:01Z', 'sent');
INSERT INTO webhooks (id, user_id, url, events, secret, sent_rev) VALUES
  ('00000000-0000-7000-8000-000000000070', '00000000-0000-7000-8000-000000000001', 'https://example.org/hook', '{message}', '\x06', 38);
