"""What the stories of all providers begin with: people whose names are not ASCII, in a directory."""
import base64
from stage import *

GIVEN = ["Zoë", "José", "王", "Дмитрий", "Ольга", "Łukasz", "Ngọc", "François", "Ζωή", "علي"]
FAMILY = ["Müller", "Núñez", "Иванов", "Škvorecký", "Ødegård", "李", "Παπαδόπουλος", "O'Brien"]


def encoded(name, value):
    return "%s:: %s" % (name, base64.b64encode(value.encode()).decode())


def people(count):
    out = ""
    for n in range(count):
        given, family = GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]
        out += "\n".join(["dn: uid=p%03d,ou=people,%s" % (n, BASE), "objectClass: inetOrgPerson", "uid: p%03d" % n,
                          encoded("cn", "%s %s %d" % (given, family, n)), encoded("givenName", given), encoded("sn", family),
                          "mail: p%03d@example.com" % n]) + "\n\n"
    return out
