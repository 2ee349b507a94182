/* Values of the PostgreSQL engine: everything travels in binary. */
#include "platform/store/postgres.h"

#include <ctype.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The server's own numbers of its types (src/include/catalog/pg_type.dat). */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_UNKNOWN = 705,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
};

/* ---- in ---- */

static uint64_t bits_of(double real)
{
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

void postgres_inputs(struct postgres_inputs *out, const struct sql *sql, const struct value *in)
{
    for (unsigned i = 0; i < sql->inputs; i++) {
        const struct value *value = &in[i];
        bool number = value->kind == VALUE_INT || value->kind == VALUE_REAL;
        out->formats[i] = 1;
        if (number) {
            out->numbers[i] = htobe64(value->kind == VALUE_INT ? (uint64_t)value->i : bits_of(value->real));
            out->values[i] = (const char *)&out->numbers[i];
            out->lengths[i] = sizeof out->numbers[i];
        } else {
            const char *bytes = value->bytes.ptr == NULL ? "" : (const char *)value->bytes.ptr;
            out->values[i] = value->kind == VALUE_NULL ? NULL : bytes;
            out->lengths[i] = value->kind == VALUE_NULL ? 0 : (int)value->bytes.len;
        }
    }
}

void postgres_types(const struct sql *sql, Oid *out)
{
    for (unsigned i = 0; i < sql->inputs; i++) {
        switch (sql->kinds == NULL ? ' ' : sql->kinds[i]) {
        case 'i': out[i] = TYPE_INT8; break;
        case 'r': out[i] = TYPE_FLOAT8; break;
        case 'c':
        case 't': out[i] = TYPE_TEXT; break;
        case 'b': out[i] = TYPE_BYTEA; break;
        default: out[i] = 0; break;
        }
    }
}

char *postgres_text(const char *text)
{
    char *out = strdup(text);
    bool quoted = false;
    for (char *at = out; at != NULL && *at != '\0'; at++) {
        if (*at == '\'')
            quoted = !quoted;
        else if (*at == '?' && !quoted && isdigit((unsigned char)at[1]))
            *at = '$';
    }
    return out;
}

/* ---- out ---- */

static uint16_t short_at(const char *bytes)
{
    uint16_t number;
    memcpy(&number, bytes, sizeof number);
    return be16toh(number);
}

static uint32_t word_at(const char *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return be32toh(number);
}

static uint64_t long_at(const char *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return be64toh(number);
}

/* NUMERIC comes out of SUM and AVG: a count of digits of base 10000, the power of the first, a sign, digits behind the
 * point; then the digits. A whole one becomes INT. */
static enum err numeric(const char *bytes, int length, struct value *out)
{
    enum { HEAD = 8, BASE = 10000, NEGATIVE = 0x4000 };
    int count = length < HEAD ? 0 : short_at(bytes);
    int weight = length < HEAD ? 0 : (int16_t)short_at(bytes + 2);
    if (length < HEAD || length != HEAD + 2 * count || short_at(bytes + 4) > NEGATIVE)
        return ERR_BROKEN;
    bool whole = short_at(bytes + 6) == 0;
    bool negative = short_at(bytes + 4) == NEGATIVE;
    int64_t sum = 0;
    double real = 0;
    for (int i = 0; i < count || (whole && i <= weight); i++) {
        int digit = i < count ? short_at(bytes + HEAD + 2 * i) : 0;
        if (whole &&
            (__builtin_mul_overflow(sum, BASE, &sum) || __builtin_add_overflow(sum, negative ? -digit : digit, &sum)))
            return ERR_BROKEN;
        real += digit * pow(BASE, weight - i);
    }
    *out = whole ? (struct value){.kind = VALUE_INT, .i = sum}
                 : (struct value){.kind = VALUE_REAL, .real = negative ? -real : real};
    return OK;
}

static double double_at(const char *bytes)
{
    uint64_t bits = long_at(bytes);
    double real;
    memcpy(&real, &bits, sizeof real);
    return real;
}

static double float_at(const char *bytes)
{
    uint32_t bits = word_at(bytes);
    float real;
    memcpy(&real, &bits, sizeof real);
    return (double)real;
}

static struct value whole(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .i = number};
}

static enum err column(const PGresult *result, int row, int at, struct value *out)
{
    if (PQgetisnull(result, row, at)) {
        *out = (struct value){.kind = VALUE_NULL};
        return OK;
    }
    const char *bytes = PQgetvalue(result, row, at);
    int length = PQgetlength(result, row, at);
    switch (PQftype(result, at)) {
    case TYPE_INT8: *out = whole((int64_t)long_at(bytes)); break;
    case TYPE_INT4: *out = whole((int32_t)word_at(bytes)); break;
    case TYPE_INT2: *out = whole((int16_t)short_at(bytes)); break;
    case TYPE_BOOL: *out = whole(bytes[0]); break;
    case TYPE_FLOAT8: *out = (struct value){.kind = VALUE_REAL, .real = double_at(bytes)}; break;
    case TYPE_FLOAT4: *out = (struct value){.kind = VALUE_REAL, .real = float_at(bytes)}; break;
    case TYPE_NUMERIC: return numeric(bytes, length, out);
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_NAME:
    case TYPE_UNKNOWN:
        *out = (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)bytes, (size_t)length}};
        break;
    case TYPE_BYTEA:
        *out = (struct value){.kind = VALUE_BYTES, .bytes = {(const uint8_t *)bytes, (size_t)length}};
        break;
    default: return ERR_BROKEN;
    }
    return OK;
}

enum err postgres_row(const PGresult *result, int row, struct value *columns)
{
    int count = PQnfields(result);
    for (int i = 0; i < count; i++)
        if (column(result, row, i, &columns[i]) != OK)
            return err_note(ERR_BROKEN, "postgresql: a column of a type the program does not know (%u)",
                            PQftype(result, i));
    return OK;
}
