#include <zlib.h>

// zlib's own names for these are macros, which Swift does not see.

static inline int jobs_deflateInit2(z_streamp stream, int level, int windowBits) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}

static inline int jobs_inflateInit2(z_streamp stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}
