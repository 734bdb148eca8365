# brushwork_library(NAME USES ... PRIVATE_USES ...)
#
# The library brushwork_NAME of all src/NAME/*.cc. Files are found when CMake runs, and CMake runs
# again when one appears or goes. Names of our own folders in USES stand for their libraries.
function(brushwork_library name)
  cmake_parse_arguments(arg "" "" "USES;PRIVATE_USES" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cc")
  set(target brushwork_${name})
  if(files)
    add_library(${target} STATIC ${files})
    target_link_libraries(${target} PUBLIC brushwork_options)
    set(scope PUBLIC)
    foreach(lib IN LISTS arg_PRIVATE_USES)
      target_link_libraries(${target} PRIVATE ${lib})
    endforeach()
  else()
    # Headers only.
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE brushwork_options)
    set(scope INTERFACE)
  endif()
  foreach(lib IN LISTS arg_USES)
    if(TARGET brushwork_${lib})
      set(lib brushwork_${lib})
    endif()
    target_link_libraries(${target} ${scope} ${lib})
  endforeach()
endfunction()

# brushwork_core: the façade (src/*.cc) and, through it, everything else.
function(brushwork_core)
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*.cc")
  set(scope INTERFACE)
  if(files)
    set(scope PUBLIC)
    add_library(brushwork_core STATIC ${files})
    # The façade reads models/manifest.json.
    target_link_libraries(brushwork_core PRIVATE nlohmann_json)
  else()
    add_library(brushwork_core INTERFACE)
  endif()
  target_link_libraries(brushwork_core ${scope}
    brushwork_options brushwork_plan brushwork_kernels brushwork_model brushwork_tensor
    brushwork_image brushwork_base)
endfunction()

# brushwork_program(NAME FOLDER USES ...): a program of all FOLDER/*.cc, if there are any.
function(brushwork_program name folder)
  cmake_parse_arguments(arg "" "" "USES" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cc")
  if(files)
    add_executable(${name} ${files})
    target_link_libraries(${name} PRIVATE brushwork_options ${arg_USES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  endif()
endfunction()

function(brushwork_add_if_present folder)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt")
    add_subdirectory(${folder})
  endif()
endfunction()
