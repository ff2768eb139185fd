#include "client.h"

#include <string.h>

_Static_assert(CMONGO_DECIMAL_TEXT >= BSON_DECIMAL128_STRING, "the buffer is large enough for libbson");

bool
cmongo_write_decimal(const uint8_t *bytes, char *text)
{
    const uint64_t maximum_high = 0x1ed09bead87c0, maximum_low = 0x378d8e63ffffffff; // 10^34 - 1
    const uint64_t significand_mask = 0x1ffffffffffff;
    uint64_t halves[2];
    memcpy(halves, bytes, sizeof halves);
    bson_decimal128_t number = {.low = BSON_UINT64_FROM_LE(halves[0]),
                                .high = BSON_UINT64_FROM_LE(halves[1])};
    if ((number.high >> 59 & 0xf) == 0xf) return false;
    // A significand beyond the maximum means 0. libbson does that for the large form, but for the usual
    // form it writes more digits than fit into `text`.
    bool is_usual = (number.high >> 61 & 0x3) != 0x3;
    uint64_t high = number.high & significand_mask;
    if (is_usual && (high > maximum_high || (high == maximum_high && number.low > maximum_low))) {
        number.high &= ~significand_mask;
        number.low = 0;
    }
    bson_decimal128_to_string(&number, text);
    return true;
}
