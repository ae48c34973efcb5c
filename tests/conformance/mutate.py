#!/usr/bin/env python3
"""mutate.py SEED COUNT INTO FOLDER...: makes COUNT broken messages in INTO out of those in FOLDERs.

The same SEED and sources give the same messages. Most mutations are of structure: what mail
programs and gateways get wrong, made at random places and several at once; the rest is noise of
octets.
"""
import pathlib
import random
import re
import sys

MOST_OCTETS = 64 * 1024  # of a source that is taken
MOST_GROWN = 256 * 1024  # of a result
LINE = re.compile(rb"[^\n]*\n|[^\n]+")
BOUNDARY = re.compile(rb'boundary="?([^";\r\n]+)', re.IGNORECASE)
ODD = [b"\0", b"\r", b"\n", b"\r\n", b"\r\r\n", b"\t", b" ", b'"', b"\\", b"(", b")", b"<", b">",
       b"@", b",", b";", b":", b"=", b"=?", b"?=", b"*", b"%", b"--", b"\x80", b"\xff",
       b"\xc3\xa4", b"\xe2\x80\xae", b"{3}", b"{3+}\r\n", b"NIL", b"."]
FIELDS = [
    b"Content-Type: multipart/mixed; boundary=", b"Content-Type: multipart/mixed; boundary=\"\"",
    b"Content-Type: multipart/digest; boundary=b", b"Content-Type: message/rfc822",
    b"Content-Type: message/global", b"Content-Type: message/partial; id=x; number=1",
    b"Content-Type: text", b"Content-Type: /plain", b"Content-Type: ;;; charset", b"Content-Type:",
    b"Content-Type: text/plain; charset*0*=utf-8'en'a; charset*2=c; charset*1=b",
    b"Content-Type: multipart/mixed;; boundary=\"b\"", b"Content-Type: text/plain (comment",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Transfer-Encoding: 7 bit", b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Transfer-Encoding:", b"Content-Disposition: attachment; filename=\"a",
    b"Content-Disposition: ; filename=x", b"Content-Language: en,,de (x", b"Content-ID: <",
    b"Content-MD5:", b"Content-Location: \r\n \r\n x", b"From: a@b, <c@d>, \"e\" <f@g", b"From:",
    b"From: group: a@b, c;, d@e", b"From: group: other: a@b;;", b"To: undisclosed-recipients:;",
    b"To: <@x,@y:a@b>", b"Cc: (((((", b"Sender: \"\\\"", b"Reply-To: a b c", b"Bcc: @",
    b"Date: Thu, 99 Foo 99999 99:99:99 +9999", b"Subject: =?utf-8?b?w", b"Subject: =?x?q?=zz?=",
    b"Subject: \xe4\xf6\xfc", b"In-Reply-To: (", b"Message-ID:", b"No colon here", b": empty name",
    b" begins with a space", b"\tand this with a tab", b"Name : space before the colon",
    b"MIME-Version: 1.0 (", b"From a@b Thu Jan  1 00:00:00 1970"]


class Mutator:
    def __init__(self, seed, sources):
        self.random = random.Random(seed)
        self.sources = sources

    def message(self):
        octets = self.random.choice(self.sources)
        changes = [self.lose_line, self.repeat_line, self.swap_lines, self.move_lines, self.cut,
                   self.insert_field, self.replace_field, self.break_boundary, self.add_boundary,
                   self.nest, self.splice, self.change_line_ends, self.join_lines, self.break_fold,
                   self.insert_odd, self.flip, self.long_line]
        for _ in range(1 + min(int(self.random.expovariate(0.5)), 12)):
            if len(octets) > MOST_GROWN:
                break
            octets = self.random.choice(changes)(octets)
        return octets or b"\r\n"

    def at(self, octets):
        return self.random.randrange(len(octets) + 1)

    def on_lines(self, octets, change):
        lines = LINE.findall(octets)
        if lines:
            change(lines, self.random.randrange(len(lines)))
        return b"".join(lines)

    def lose_line(self, octets):
        return self.on_lines(octets, lambda lines, i: lines.pop(i))

    def repeat_line(self, octets):
        times = self.random.choice([1, 1, 1, 2, 50])
        return self.on_lines(octets, lambda lines, i: lines.__setitem__(
            slice(i, i), [lines[i]] * times))

    def swap_lines(self, octets):
        def swap(lines, i):
            j = self.random.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
        return self.on_lines(octets, swap)

    def move_lines(self, octets):
        def move(lines, i):
            block = lines[i:i + self.random.randrange(1, 20)]
            del lines[i:i + len(block)]
            j = self.random.randrange(len(lines) + 1)
            lines[j:j] = block
        return self.on_lines(octets, move)

    def cut(self, octets):
        if self.random.random() < 0.3:
            return octets[self.at(octets):]
        return octets[:self.at(octets)]

    def insert_field(self, octets):
        end = self.random.choice([b"\r\n", b"\r\n", b"\n", b"", b"\r"])
        field = self.random.choice(FIELDS) + end
        if self.random.random() < 0.5:
            return field + octets
        return self.on_lines(octets, lambda lines, i: lines.insert(i, field))

    def replace_field(self, octets):
        def replace(lines, i):
            named = [n for n, line in enumerate(lines) if line[:8].lower() == b"content-"]
            place = self.random.choice(named) if named else i
            lines[place] = self.random.choice(FIELDS) + b"\r\n"
        return self.on_lines(octets, replace)

    def boundary(self, octets):
        found = BOUNDARY.findall(octets)
        return self.random.choice(found) if found else b"b"

    def break_boundary(self, octets):
        boundary = self.boundary(octets)
        places = [match.start() for match in re.finditer(re.escape(b"--" + boundary), octets)]
        if not places:
            return octets
        place = self.random.choice(places)
        with_what = self.random.choice([b"", b"-", b"--", b"- -", b"--x", b" --", b"\r--", b"--\0"])
        return octets[:place] + with_what + octets[place + 2:]

    def add_boundary(self, octets):
        line = b"--" + self.boundary(octets) + self.random.choice(
            [b"\r\n", b"--\r\n", b"\n", b" \t\r\n", b"x\r\n", b"", b"--", b"\r\n\r\n", b"--x\r\n"])
        return self.on_lines(octets, lambda lines, i: lines.insert(i, line))

    def nest(self, octets):
        kind = self.random.choice([b"mixed", b"digest", b"alternative", b"related", b"x\"y"])
        name = self.random.choice([b"b", b"bb", b"=_1", self.boundary(octets), b"b" * 90])
        close = self.random.choice([b"\r\n--" + name + b"--\r\n", b"\r\n--" + name + b"--", b""])
        if self.random.random() < 0.3:
            return b"Content-Type: message/rfc822\r\n\r\n" + octets
        return (b"Content-Type: multipart/" + kind + b"; boundary=\"" + name + b"\"\r\n\r\n--" +
                name + b"\r\n" + octets + close)

    def splice(self, octets):
        other = self.random.choice(self.sources)
        begin = self.at(other)
        place = self.at(octets)
        return octets[:place] + other[begin:begin + self.random.randrange(2000)] + octets[place:]

    def change_line_ends(self, octets):
        to = self.random.choice([b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\r"])
        begin, end = sorted((self.at(octets), self.at(octets)))
        middle = octets[begin:end].replace(b"\r\n", b"\n").replace(b"\n", to)
        return octets[:begin] + middle + octets[end:]

    def join_lines(self, octets):
        def join(lines, i):
            lines[i] = lines[i].rstrip(b"\r\n")
        return self.on_lines(octets, join)

    def break_fold(self, octets):
        def fold(lines, i):
            place = self.random.randrange(len(lines[i]) + 1)
            lines[i] = lines[i][:place] + self.random.choice([b"\r\n", b"\r\n ", b"\n\t"]) + \
                lines[i][place:]
        return self.on_lines(octets, fold)

    def insert_odd(self, octets):
        place = self.at(octets)
        return octets[:place] + self.random.choice(ODD) * self.random.choice([1, 1, 1, 2, 40]) + \
            octets[place:]

    def flip(self, octets):
        changed = bytearray(octets)
        for _ in range(self.random.choice([1, 2, 8, 64])):
            if changed:
                changed[self.random.randrange(len(changed))] = self.random.randrange(256)
        return bytes(changed)

    def long_line(self, octets):
        place = self.at(octets)
        piece = self.random.choice([b"x", b" ", b"a@b,", b"; p=v", b"(", b"=41"])
        times = self.random.choice([300, 1000, 5000])
        return octets[:place] + piece * times + octets[place:]


def read_sources(folders):
    """All messages of the folders, in the order of their names; not too long ones."""
    files = sorted(file for folder in folders for file in pathlib.Path(folder).rglob("*")
                   if file.is_file())
    return [file.read_bytes() for file in files if file.stat().st_size <= MOST_OCTETS]


def write_messages(seed, count, into, sources):
    mutator = Mutator(seed, sources)
    for number in range(count):
        (into / f"{seed}-{number:05}.eml").write_bytes(mutator.message())


def main():
    seed, count, into = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    into.mkdir(parents=True, exist_ok=True)
    write_messages(seed, count, into, read_sources(sys.argv[4:]))


if __name__ == "__main__":
    main()
