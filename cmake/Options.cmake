# How our code is compiled. What depends on the preset comes in as these variables; the rest is the
# same everywhere.

option(BRUSHWORK_RELAXED_SIMD "WebAssembly: relaxed SIMD (needs an engine that has it)" OFF)
option(BRUSHWORK_THREADS "WebAssembly: shared memory and threads" OFF)
option(BRUSHWORK_FUZZ "Build the fuzz targets, with libFuzzer (needs clang)" OFF)
set(BRUSHWORK_SANITIZE "" CACHE STRING "Sanitizers for our code, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_COLOR_DIAGNOSTICS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Flags that every object must agree on, ours and Catch2's.
# A compiler that fuses a*b+c on one target and not on another would make paintings differ between
# them; where fusing pays, the kernels ask for it.
add_compile_options(-ffp-contract=off)
if(BRUSHWORK_SANITIZE)
  add_compile_options(-fsanitize=${BRUSHWORK_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BRUSHWORK_SANITIZE})
endif()
if(BRUSHWORK_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "Fuzz targets need clang, this is ${CMAKE_CXX_COMPILER_ID}")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  # The standard library's own checks: an element beyond a vector, the value of an empty optional.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(EMSCRIPTEN)
  # Exceptions of the WebAssembly kind: std::bad_alloc and protozero's have to reach the catch at
  # the border, and the JavaScript kind costs a call out of the module at every call that may throw.
  add_compile_options(-msimd128 -fwasm-exceptions)
  add_link_options(-fwasm-exceptions)
  if(BRUSHWORK_RELAXED_SIMD)
    add_compile_options(-mrelaxed-simd)
  endif()
  if(BRUSHWORK_THREADS)
    add_compile_options(-pthread)
    add_link_options(-pthread)
  endif()
else()
  find_package(Threads REQUIRED)
endif()

# Warnings, for our code only.
add_library(brushwork_options INTERFACE)
target_compile_options(brushwork_options INTERFACE -Wall -Wextra -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND BRUSHWORK_SANITIZE)
  # GCC's flow analysis reports paths that only the sanitizers' own checks create.
  target_compile_options(brushwork_options INTERFACE -Wno-maybe-uninitialized)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND BRUSHWORK_SANITIZE)
  # Loops that ask to be vectorized aren't where every access is checked; and libstdc++ uses what it
  # calls deprecated itself.
  target_compile_options(brushwork_options INTERFACE -Wno-pass-failed -Wno-deprecated-declarations)
endif()
target_compile_definitions(brushwork_options INTERFACE
  BRUSHWORK_VERSION="${PROJECT_VERSION}")
target_include_directories(brushwork_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
