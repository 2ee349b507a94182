/* The command line: every command is a line of the table below. */
#include "base/text.h"
#include "base/version.h"
#include "steer/demo/demo.h"
#include "steer/exchange/exchange.h"
#include "steer/formtool/formtool.h"
#include "steer/office/office.h"

#include <stdio.h>
#include <string.h>

static const struct command COMMANDS[] = {
    {"serve", "serve the pages: --port N, --address A, --threads N, --plain-cookie, --user NAME, --prove-sandbox",
     office_serve},
    {"init", "make a new installation: --name ORGANISATION [--shares 5] [--needed 3] [--shares-pdf FILE]", office_init},
    {"demo",
     "make an installation to try things out, with an organisation, accounts (accounts.txt) and invented people: "
     "--cases "
     "N (60), over eight years, --seed N; the newest 200 cases have services and all that is written down in a case",
     demo_make},
    {"import",
     "take in what other systems kept: import htcds FILE.xlsx --as LOGIN [--team TEAM] [--apply], import ctdc FILE.csv "
     "[--dry-run]",
     exchange_import},
    {"account",
     "add an account: account add LOGIN --name NAME --role ROLE --as COLLEAGUE [--team TEAM] [--language lv|en]",
     office_account},
    {"backup", "make a backup while others work, sealed to the recovery key: --to DIR", office_backup},
    {"recover",
     "restore access with the shares of the recovery key: --account LOGIN, --team NAME --to LOGIN, or --new-shares",
     office_recover},
    {"verify",
     "check the chains and every row against them, and say where the first fault is: verify [--checkpoint FILE]",
     office_verify},
    {"checkpoint", "sign the head of the chain, for somebody else to keep: checkpoint [--out FILE]", office_checkpoint},
    {"restore",
     "bring a backup back into a new installation, with the shares of the recovery key: restore FILE --data NEW "
     "[--check]",
     office_restore},
    {"copy",
     "move an installation between engines or places, with proof that nothing is missing: copy FROM TO, each a path or "
     "postgresql://...",
     office_copy},
};

static int usage(FILE *to)
{
    (void)fprintf(to, "ausma %s\nusage: ausma COMMAND [--data DIR] [--share DIR] ...\n\n", AUSMA_VERSION);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        (void)fprintf(to, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    (void)fprintf(to, "  %-10s %s\n", "form",
                  "check, convert, evaluate and fill in forms, without an installation: ausma form --help");
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (text_same(argv[1], "--help") || text_same(argv[1], "help"))
        return usage(stdout);
    if (text_same(argv[1], "--version")) {
        (void)printf("ausma %s\n", AUSMA_VERSION);
        return 0;
    }
    if (text_same(argv[1], "form"))
        return form_command(argc - 2, argv + 2);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (text_same(argv[1], COMMANDS[i].name))
            return office_run(&COMMANDS[i], argc - 2, argv + 2);
    }
    return usage(stderr);
}
