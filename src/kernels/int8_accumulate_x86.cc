#include "kernels/int8_accumulate.h"

namespace brushwork {

std::span<const Int8InstructionSet> X86Int8InstructionSets() { return {}; }

}  // namespace brushwork
