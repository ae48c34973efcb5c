// One user with two connections: what imapflow does with CONDSTORE, QRESYNC and IDLE, told as JSON.
'use strict';
const fs = require('fs');
const {ImapFlow} = require('imapflow');

const wanted = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const seen = {errors: [], vanished: [], changed: []};

function connect() {
  const client = new ImapFlow({
    host: wanted.host, port: wanted.port, secure: true, logger: false, qresync: true,
    auth: {user: wanted.user, pass: wanted.password},
    tls: {ca: fs.readFileSync(wanted.certificate)},
  });
  client.on('error', (error) => seen.errors.push(String(error)));
  return client.connect().then(() => client);
}

function once(client, event) {
  return new Promise((resolve) => client.once(event, resolve));
}

async function run() {
  const client = await connect();
  const other = await connect();
  for (const text of wanted.messages.slice(0, 4)) await other.append('INBOX', text);

  let box = await client.mailboxOpen('INBOX');
  seen.enabled = [...client.enabled].filter((name) => /^(CONDSTORE|QRESYNC)$/.test(name)).sort();
  seen.first = [];
  for await (const one of client.fetch('1:*', {envelope: true, bodyStructure: true, flags: true})) {
    seen.first.push(one.envelope.subject);
  }
  const before = {uidValidity: box.uidValidity, modseq: box.highestModseq};
  await client.mailboxClose();

  await other.mailboxOpen('INBOX');
  await other.messageFlagsAdd('3', ['\\Flagged'], {uid: true});
  await other.messageDelete('2', {uid: true});
  await other.append('INBOX', wanted.messages[4]);

  client.on('expunge', (event) => seen.vanished.push(event.uid));
  box = await client.mailboxOpen('INBOX', {changedSince: before.modseq, uidValidity: before.uidValidity});
  seen.resumed = seen.vanished.splice(0);
  for await (const one of client.fetch('1:*', {uid: true, flags: true},
                                       {uid: true, changedSince: before.modseq})) {
    seen.changed.push(one.uid);
  }
  seen.fetched = seen.vanished.splice(0);  // since it asks for VANISHED again
  seen.found = await client.search({flagged: true}, {uid: true});

  const exists = once(client, 'exists');
  client.idle().catch((error) => seen.errors.push(String(error)));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await other.append('INBOX', wanted.messages[0]);
  seen.idled = (await exists).count;
  const flags = once(client, 'flags');
  await other.messageFlagsAdd('4', ['\\Answered'], {uid: true});
  const changed = await flags;
  seen.flagged = {uid: changed.uid, flags: [...changed.flags].filter((one) => one === '\\Answered'),
                  modseq: typeof changed.modseq};
  const gone = once(client, 'expunge');
  await other.messageDelete('5', {uid: true});
  seen.expunged = {uid: (await gone).uid};
  seen.vanished.length = 0;

  const moved = await client.messageMove('1:2', 'Archive', {uid: true});
  seen.moved = moved.destination;
  const names = await client.list();
  seen.special = names.find((one) => one.specialUse === '\\Archive').path;
  seen.counted = (await client.list({statusQuery: {messages: true}}))
      .find((one) => one.path === 'Archive').status.messages;
  const status = await client.status('INBOX', {messages: true, unseen: true});
  seen.status = {messages: status.messages, unseen: status.unseen};
  seen.quota = Object.keys((await client.getQuota('INBOX')) || {}).concat(
      Object.keys(((await client.getQuota('INBOX')) || {}).storage || {}));
  await client.logout();
  await other.logout();
}

run().catch((error) => seen.errors.push(String(error))).finally(() => {
  process.stdout.write(JSON.stringify(seen));
  process.exit(0);
});
