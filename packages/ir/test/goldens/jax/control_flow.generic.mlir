"builtin.module"() <{sym_name = "jit_control_flow"}> ({
  "func.func"() <{arg_attrs = [{}, {}], function_type = (tensor<3x4xf32>, tensor<i64>) -> (tensor<3x4xf32>, tensor<3x4xf32>), res_attrs = [{jax.result_info = "result[0]"}, {jax.result_info = "result[1]"}], sym_name = "main", sym_visibility = "public"}> ({
  ^bb0(%arg9: tensor<3x4xf32>, %arg10: tensor<i64>):
    %16 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %17 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %18:3 = "stablehlo.while"(%17, %16, %arg9) ({
    ^bb0(%arg26: tensor<i64>, %arg27: tensor<i64>, %arg28: tensor<3x4xf32>):
      %60 = "stablehlo.constant"() <{value = dense<5> : tensor<i64>}> : () -> tensor<i64>
      %61 = "stablehlo.compare"(%arg26, %60) <{compare_type = #stablehlo<comparison_type SIGNED>, comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<i64>, tensor<i64>) -> tensor<i1>
      "stablehlo.return"(%61) : (tensor<i1>) -> ()
    }, {
    ^bb0(%arg23: tensor<i64>, %arg24: tensor<i64>, %arg25: tensor<3x4xf32>):
      %57:2 = "func.call"(%arg24, %arg25) <{callee = @closed_call}> : (tensor<i64>, tensor<3x4xf32>) -> (tensor<i64>, tensor<3x4xf32>)
      %58 = "stablehlo.constant"() <{value = dense<1> : tensor<i64>}> : () -> tensor<i64>
      %59 = "stablehlo.add"(%arg23, %58) : (tensor<i64>, tensor<i64>) -> tensor<i64>
      "stablehlo.return"(%59, %57#0, %57#1) : (tensor<i64>, tensor<i64>, tensor<3x4xf32>) -> ()
    }) : (tensor<i64>, tensor<i64>, tensor<3x4xf32>) -> (tensor<i64>, tensor<i64>, tensor<3x4xf32>)
    %19 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %20 = "stablehlo.compare"(%arg10, %19) <{compare_type = #stablehlo<comparison_type SIGNED>, comparison_direction = #stablehlo<comparison_direction GT>}> : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %21 = "stablehlo.convert"(%20) : (tensor<i1>) -> tensor<i32>
    %22 = "stablehlo.case"(%21) ({
      %56 = "stablehlo.negate"(%arg9) : (tensor<3x4xf32>) -> tensor<3x4xf32>
      "stablehlo.return"(%56) : (tensor<3x4xf32>) -> ()
    }, {
      "stablehlo.return"(%18#2) : (tensor<3x4xf32>) -> ()
    }) : (tensor<i32>) -> tensor<3x4xf32>
    %23 = "stablehlo.convert"(%arg10) : (tensor<i64>) -> tensor<i32>
    %24 = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> : () -> tensor<i32>
    %25 = "stablehlo.constant"() <{value = dense<2> : tensor<i32>}> : () -> tensor<i32>
    %26 = "stablehlo.clamp"(%24, %23, %25) : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<i32>
    %27 = "stablehlo.case"(%26) ({
      "stablehlo.return"(%22) : (tensor<3x4xf32>) -> ()
    }, {
      %55 = "stablehlo.sine"(%22) : (tensor<3x4xf32>) -> tensor<3x4xf32>
      "stablehlo.return"(%55) : (tensor<3x4xf32>) -> ()
    }, {
      %54 = "stablehlo.add"(%22, %arg9) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
      "stablehlo.return"(%54) : (tensor<3x4xf32>) -> ()
    }) : (tensor<i32>) -> tensor<3x4xf32>
    %28 = "stablehlo.slice"(%arg9) <{limit_indices = array<i64: 1, 4>, start_indices = array<i64: 0, 0>, strides = array<i64: 1, 1>}> : (tensor<3x4xf32>) -> tensor<1x4xf32>
    %29 = "stablehlo.reshape"(%28) : (tensor<1x4xf32>) -> tensor<4xf32>
    %30 = "stablehlo.constant"() <{value = dense<0.000000e+00> : tensor<f32>}> : () -> tensor<f32>
    %31 = "stablehlo.broadcast_in_dim"(%30) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3x4xf32>
    %32 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %33:4 = "stablehlo.while"(%arg9, %32, %29, %31) ({
    ^bb0(%arg19: tensor<3x4xf32>, %arg20: tensor<i64>, %arg21: tensor<4xf32>, %arg22: tensor<3x4xf32>):
      %52 = "stablehlo.constant"() <{value = dense<3> : tensor<i64>}> : () -> tensor<i64>
      %53 = "stablehlo.compare"(%arg20, %52) <{compare_type = #stablehlo<comparison_type SIGNED>, comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<i64>, tensor<i64>) -> tensor<i1>
      "stablehlo.return"(%53) : (tensor<i1>) -> ()
    }, {
    ^bb0(%arg15: tensor<3x4xf32>, %arg16: tensor<i64>, %arg17: tensor<4xf32>, %arg18: tensor<3x4xf32>):
      %47 = "func.call"(%arg15, %arg16) <{callee = @dynamic_index_in_dim}> : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
      %48:2 = "func.call"(%arg17, %47) <{callee = @closed_call_0}> : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
      %49 = "func.call"(%arg18, %48#1, %arg16) <{callee = @dynamic_update_index_in_dim}> : (tensor<3x4xf32>, tensor<4xf32>, tensor<i64>) -> tensor<3x4xf32>
      %50 = "stablehlo.constant"() <{value = dense<1> : tensor<i64>}> : () -> tensor<i64>
      %51 = "stablehlo.add"(%arg16, %50) : (tensor<i64>, tensor<i64>) -> tensor<i64>
      "stablehlo.return"(%arg15, %51, %48#0, %49) : (tensor<3x4xf32>, tensor<i64>, tensor<4xf32>, tensor<3x4xf32>) -> ()
    }) : (tensor<3x4xf32>, tensor<i64>, tensor<4xf32>, tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<i64>, tensor<4xf32>, tensor<3x4xf32>)
    %34 = "stablehlo.abs"(%27) : (tensor<3x4xf32>) -> tensor<3x4xf32>
    %35 = "stablehlo.while"(%34) ({
    ^bb0(%arg12: tensor<3x4xf32>):
      %42 = "stablehlo.constant"() <{value = dense<0.000000e+00> : tensor<f32>}> : () -> tensor<f32>
      %43 = "stablehlo.reduce"(%arg12, %42) <{dimensions = array<i64: 0, 1>}> ({
      ^bb0(%arg13: tensor<f32>, %arg14: tensor<f32>):
        %46 = "stablehlo.add"(%arg13, %arg14) : (tensor<f32>, tensor<f32>) -> tensor<f32>
        "stablehlo.return"(%46) : (tensor<f32>) -> ()
      }) : (tensor<3x4xf32>, tensor<f32>) -> tensor<f32>
      %44 = "stablehlo.constant"() <{value = dense<1.000000e+02> : tensor<f32>}> : () -> tensor<f32>
      %45 = "stablehlo.compare"(%43, %44) <{compare_type = #stablehlo<comparison_type FLOAT>, comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<f32>, tensor<f32>) -> tensor<i1>
      "stablehlo.return"(%45) : (tensor<i1>) -> ()
    }, {
    ^bb0(%arg11: tensor<3x4xf32>):
      %36 = "stablehlo.constant"() <{value = dense<2.000000e+00> : tensor<f32>}> : () -> tensor<f32>
      %37 = "stablehlo.broadcast_in_dim"(%36) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3x4xf32>
      %38 = "stablehlo.multiply"(%arg11, %37) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
      %39 = "stablehlo.constant"() <{value = dense<1.000000e+00> : tensor<f32>}> : () -> tensor<f32>
      %40 = "stablehlo.broadcast_in_dim"(%39) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3x4xf32>
      %41 = "stablehlo.add"(%38, %40) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
      "stablehlo.return"(%41) : (tensor<3x4xf32>) -> ()
    }) : (tensor<3x4xf32>) -> tensor<3x4xf32>
    "func.return"(%35, %33#3) : (tensor<3x4xf32>, tensor<3x4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<i64>, tensor<3x4xf32>) -> (tensor<i64>, tensor<3x4xf32>), res_attrs = [{}, {}], sym_name = "closed_call", sym_visibility = "private"}> ({
  ^bb0(%arg7: tensor<i64>, %arg8: tensor<3x4xf32>):
    %8 = "stablehlo.constant"() <{value = dense<1> : tensor<i64>}> : () -> tensor<i64>
    %9 = "stablehlo.add"(%arg7, %8) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %10 = "stablehlo.constant"() <{value = dense<5.000000e-01> : tensor<f32>}> : () -> tensor<f32>
    %11 = "stablehlo.broadcast_in_dim"(%10) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3x4xf32>
    %12 = "stablehlo.multiply"(%arg8, %11) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    %13 = "stablehlo.convert"(%arg7) : (tensor<i64>) -> tensor<f32>
    %14 = "stablehlo.broadcast_in_dim"(%13) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3x4xf32>
    %15 = "stablehlo.add"(%12, %14) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    "func.return"(%9, %15) : (tensor<i64>, tensor<3x4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{arg_attrs = [{}, {}], function_type = (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>, res_attrs = [{}], sym_name = "dynamic_index_in_dim", sym_visibility = "private"}> ({
  ^bb0(%arg5: tensor<3x4xf32>, %arg6: tensor<i64>):
    %5 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %6 = "stablehlo.dynamic_slice"(%arg5, %arg6, %5) <{slice_sizes = array<i64: 1, 4>}> : (tensor<3x4xf32>, tensor<i64>, tensor<i64>) -> tensor<1x4xf32>
    %7 = "stablehlo.reshape"(%6) : (tensor<1x4xf32>) -> tensor<4xf32>
    "func.return"(%7) : (tensor<4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>), res_attrs = [{}, {}], sym_name = "closed_call_0", sym_visibility = "private"}> ({
  ^bb0(%arg3: tensor<4xf32>, %arg4: tensor<4xf32>):
    %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %4 = "stablehlo.multiply"(%arg3, %arg4) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    "func.return"(%3, %4) : (tensor<4xf32>, tensor<4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{arg_attrs = [{}, {}, {}], function_type = (tensor<3x4xf32>, tensor<4xf32>, tensor<i64>) -> tensor<3x4xf32>, res_attrs = [{}], sym_name = "dynamic_update_index_in_dim", sym_visibility = "private"}> ({
  ^bb0(%arg0: tensor<3x4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<i64>):
    %0 = "stablehlo.broadcast_in_dim"(%arg1) <{broadcast_dimensions = array<i64: 1>}> : (tensor<4xf32>) -> tensor<1x4xf32>
    %1 = "stablehlo.constant"() <{value = dense<0> : tensor<i64>}> : () -> tensor<i64>
    %2 = "stablehlo.dynamic_update_slice"(%arg0, %0, %arg2, %1) : (tensor<3x4xf32>, tensor<1x4xf32>, tensor<i64>, tensor<i64>) -> tensor<3x4xf32>
    "func.return"(%2) : (tensor<3x4xf32>) -> ()
  }) : () -> ()
}) {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} : () -> ()
