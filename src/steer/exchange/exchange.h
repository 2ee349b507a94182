/* Taking in what other systems kept: the HTCDS spreadsheet (persons and cases) and the CTDC table (facts of earlier years without
 * persons). The same file, or the same row, twice changes nothing. */
#ifndef AUSMA_STEER_EXCHANGE_EXCHANGE_H
#define AUSMA_STEER_EXCHANGE_EXCHANGE_H

#include "steer/office/office.h"

/* ausma import htcds FILE.xlsx --as LOGIN [--team TEAM] [--apply]: without --apply only says what would come in.
 * ausma import ctdc FILE.csv [--dry-run] */
enum err exchange_import(struct office *office);

#endif
