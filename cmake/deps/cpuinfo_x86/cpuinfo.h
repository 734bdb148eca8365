// The part of the cpuinfo interface that XNNPACK asks for on x86: which instruction sets may be
// used. XNNPACK calls each of these once, while it initializes.
//
// The cpuinfo library itself reads /proc and /sys for caches and topology, none of which XNNPACK
// uses on x86, and fails where those are not mounted. Asking the processor needs 60 lines.
//
// A feature counts only when the operating system also saves the registers it needs (XCR0).

#ifndef BRUSHWORK_CMAKE_DEPS_CPUINFO_X86_CPUINFO_H_
#define BRUSHWORK_CMAKE_DEPS_CPUINFO_X86_CPUINFO_H_

#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>

enum brushwork_cpuid_register { BRUSHWORK_EAX, BRUSHWORK_EBX, BRUSHWORK_ECX, BRUSHWORK_EDX };

static inline bool brushwork_cpuid_bit(uint32_t leaf, uint32_t subleaf,
                                       enum brushwork_cpuid_register which, unsigned bit) {
  unsigned r[4];
  if (!__get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3])) return false;
  return (r[which] >> bit) & 1u;
}

// True when the operating system saves all the register states in `mask`.
static inline bool brushwork_os_saves(uint32_t mask) {
  if (!brushwork_cpuid_bit(1, 0, BRUSHWORK_ECX, 27)) return false;  // OSXSAVE
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & mask) == mask;
}

static inline bool brushwork_os_avx(void) { return brushwork_os_saves(0x6); }
static inline bool brushwork_os_avx512(void) { return brushwork_os_saves(0xE6); }
static inline bool brushwork_os_amx(void) { return brushwork_os_saves(0x60000); }

static inline bool cpuinfo_initialize(void) { return true; }

#define BRUSHWORK_X86_FEATURE(name, os, leaf, subleaf, reg, bit) \
  static inline bool cpuinfo_has_x86_##name(void) {              \
    return (os) && brushwork_cpuid_bit(leaf, subleaf, BRUSHWORK_##reg, bit); \
  }

BRUSHWORK_X86_FEATURE(sse2, true, 1, 0, EDX, 26)
BRUSHWORK_X86_FEATURE(ssse3, true, 1, 0, ECX, 9)
BRUSHWORK_X86_FEATURE(sse4_1, true, 1, 0, ECX, 19)
BRUSHWORK_X86_FEATURE(avx, brushwork_os_avx(), 1, 0, ECX, 28)
BRUSHWORK_X86_FEATURE(f16c, brushwork_os_avx(), 1, 0, ECX, 29)
BRUSHWORK_X86_FEATURE(fma3, brushwork_os_avx(), 1, 0, ECX, 12)
BRUSHWORK_X86_FEATURE(avx2, brushwork_os_avx(), 7, 0, EBX, 5)
BRUSHWORK_X86_FEATURE(gfni, brushwork_os_avx(), 7, 0, ECX, 8)
BRUSHWORK_X86_FEATURE(avxvnni, brushwork_os_avx(), 7, 1, EAX, 4)
BRUSHWORK_X86_FEATURE(avx_vnni_int8, brushwork_os_avx(), 7, 1, EDX, 4)
BRUSHWORK_X86_FEATURE(avx512f, brushwork_os_avx512(), 7, 0, EBX, 16)
BRUSHWORK_X86_FEATURE(avx512dq, brushwork_os_avx512(), 7, 0, EBX, 17)
BRUSHWORK_X86_FEATURE(avx512cd, brushwork_os_avx512(), 7, 0, EBX, 28)
BRUSHWORK_X86_FEATURE(avx512bw, brushwork_os_avx512(), 7, 0, EBX, 30)
BRUSHWORK_X86_FEATURE(avx512vl, brushwork_os_avx512(), 7, 0, EBX, 31)
BRUSHWORK_X86_FEATURE(avx512vbmi, brushwork_os_avx512(), 7, 0, ECX, 1)
BRUSHWORK_X86_FEATURE(avx512vnni, brushwork_os_avx512(), 7, 0, ECX, 11)
BRUSHWORK_X86_FEATURE(avx512fp16, brushwork_os_avx512(), 7, 0, EDX, 23)
BRUSHWORK_X86_FEATURE(amx_int8, brushwork_os_amx(), 7, 0, EDX, 25)

#undef BRUSHWORK_X86_FEATURE

// Two choices depend on the make of the core. First-generation Zen (AMD family 17h, and Hygon's copy
// of it, family 18h) splits 256-bit operations in two, and prefers other float kernels; Zen 4 (part
// of family 19h) splits 512-bit ones.
enum cpuinfo_uarch {
  cpuinfo_uarch_unknown,
  cpuinfo_uarch_zen,
  cpuinfo_uarch_zen4,
  cpuinfo_uarch_dhyana
};

struct cpuinfo_core {
  enum cpuinfo_uarch uarch;
};

static inline const struct cpuinfo_core* cpuinfo_get_core(uint32_t index) {
  static const struct cpuinfo_core unknown = {cpuinfo_uarch_unknown};
  static const struct cpuinfo_core zen = {cpuinfo_uarch_zen};
  static const struct cpuinfo_core zen4 = {cpuinfo_uarch_zen4};
  static const struct cpuinfo_core dhyana = {cpuinfo_uarch_dhyana};
  (void)index;  // XNNPACK asks for the first core only.
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return &unknown;
  const unsigned family = ((eax >> 8) & 0xF) + ((eax >> 20) & 0xFF);
  const unsigned model = ((eax >> 4) & 0xF) | ((eax >> 12) & 0xF0);
  if (family == 0x18) return &dhyana;
  if (family == 0x17 && model < 0x30) return &zen;
  if (family == 0x19 && ((model >= 0x10 && model < 0x20) || (model >= 0x60 && model < 0x80) ||
                         (model >= 0xA0 && model < 0xB0))) {
    return &zen4;
  }
  return &unknown;
}

#endif  // BRUSHWORK_CMAKE_DEPS_CPUINFO_X86_CPUINFO_H_
