// Shows the thread sanitizer the locks of Swift's Mutex. On Linux a Mutex locks and unlocks with an atomic
// operation in the caller's code, which the sanitizer sees. Only if threads contend for it, it calls the two
// functions below, which are in a library built without the sanitizer: everything that such a lock protects
// would be reported. These functions take their place, call them, and tell the sanitizer.
//
// A toolchain with other names for them fails here or reports races in code under a Mutex: see
// stdlib/public/Synchronization/Mutex/LinuxImpl.swift in Swift's sources.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// The calling convention of a Swift method: the mutex is in the register for `self`.
#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

METHOD void lock(uint32_t thread, SELF void *mutex) __asm__(LOCK);
METHOD void unlock(SELF void *mutex) __asm__(UNLOCK);

static METHOD void (*swift_lock)(uint32_t thread, SELF void *mutex);
static METHOD void (*swift_unlock)(SELF void *mutex);

__attribute__((constructor)) static void find(void) {
    swift_lock = dlsym(RTLD_NEXT, LOCK);
    swift_unlock = dlsym(RTLD_NEXT, UNLOCK);
    if (!swift_lock || !swift_unlock) {
        fputs("threads.c: this toolchain has another Mutex\n", stderr);
        abort();
    }
}

METHOD void lock(uint32_t thread, SELF void *mutex) {
    swift_lock(thread, mutex);
    __tsan_acquire(mutex);
}

METHOD void unlock(SELF void *mutex) {
    __tsan_release(mutex);
    swift_unlock(mutex);
}
