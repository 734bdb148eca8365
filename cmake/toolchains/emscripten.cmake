# Finds Emscripten and hands over to its own toolchain file: the one that ./dev names, the emcc on
# the PATH, or the one that ./dev has unpacked into its cache.

if(NOT DEFINED EMSCRIPTEN_ROOT_PATH)
  set(root "$ENV{BRUSHWORK_EMSCRIPTEN}")
  if(NOT root)
    set(cache "$ENV{BRUSHWORK_CACHE}")
    if(NOT cache)
      set(cache "$ENV{HOME}/.cache/brushwork")
    endif()
    if(EXISTS "${cache}/emscripten/current/emcc")
      file(REAL_PATH "${cache}/emscripten/current" root)
    else()
      find_program(em_config em-config)
      if(em_config)
        execute_process(COMMAND "${em_config}" EMSCRIPTEN_ROOT
          OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE)
      endif()
    endif()
  endif()
  set(EMSCRIPTEN_ROOT_PATH "${root}" CACHE PATH "Emscripten's folder")
endif()
if(NOT EXISTS "${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake")
  message(FATAL_ERROR "No Emscripten: run './dev setup', or put emcc 3.1.69 or newer on the PATH")
endif()
# CMake's test projects read this file again without the cache.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES EMSCRIPTEN_ROOT_PATH)
include("${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake")
