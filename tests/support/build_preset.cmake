# cmake -D PRESET= -D TARGETS= -D LAUNCHER= -D SOURCE= -P this: configures and builds build/PRESET.
# Sanitized code is optimised a little only: it compiles in two thirds of the time.
set(options "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1")
if(LAUNCHER)
  list(APPEND options "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --preset ${PRESET} ${options}
                WORKING_DIRECTORY ${SOURCE} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SOURCE}/build/${PRESET} --target ${TARGETS}
                COMMAND_ERROR_IS_FATAL ANY)
