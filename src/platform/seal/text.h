/* Bytes as letters: for files and protocols that are text, and for codes that people type. */
#ifndef AUSMA_PLATFORM_SEAL_TEXT_H
#define AUSMA_PLATFORM_SEAL_TEXT_H

#include "base/arena.h"

#include <stdbool.h>

/* Small hexadecimal digits, two a byte. */
char *seal_hex(struct arena *arena, const uint8_t *ptr, size_t len);
/* Reads `len` bytes from 2 * len digits at *at and moves it behind them. False, and *at as it was, when they are not there. */
bool seal_hex_read(const char **at, uint8_t *out, size_t len);

/* Base64: as in JSON and headers, with padding ... */
char *seal_base64(struct arena *arena, const uint8_t *ptr, size_t len);
/* ... and as in addresses and cookies, with - and _ and without padding. */
char *seal_base64url(struct arena *arena, const uint8_t *ptr, size_t len);

/* Codes that people type, in Crockford's base 32, where no letter looks like a digit: `count` letters out of as many bytes, five bits
 * of each, and NUL behind them. */
void seal_letters(const uint8_t *bytes, size_t count, char *out);
/* What was typed as `count` such letters and NUL: blanks and dashes fall out, small letters are large, O is 0, I and L are 1.
 * False when it is no code of that length; `out` (count + 1 characters) holds nothing of use then. */
bool seal_letters_read(const char *typed, size_t count, char *out);

#endif
