module @jit_control_flow attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<3x4xf32>, %arg1: tensor<i64>) -> (tensor<3x4xf32> {jax.result_info = "result[0]"}, tensor<3x4xf32> {jax.result_info = "result[1]"}) {
    %c = stablehlo.constant dense<0> : tensor<i64>
    %c_0 = stablehlo.constant dense<0> : tensor<i64>
    %0:3 = stablehlo.while(%iterArg = %c_0, %iterArg_5 = %c, %iterArg_6 = %arg0) : tensor<i64>, tensor<i64>, tensor<3x4xf32>
    cond {
      %c_7 = stablehlo.constant dense<5> : tensor<i64>
      %13 = stablehlo.compare LT, %iterArg, %c_7, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %13 : tensor<i1>
    } do {
      %13:2 = func.call @closed_call(%iterArg_5, %iterArg_6) : (tensor<i64>, tensor<3x4xf32>) -> (tensor<i64>, tensor<3x4xf32>)
      %c_7 = stablehlo.constant dense<1> : tensor<i64>
      %14 = stablehlo.add %iterArg, %c_7 : tensor<i64>
      stablehlo.return %14, %13#0, %13#1 : tensor<i64>, tensor<i64>, tensor<3x4xf32>
    }
    %c_1 = stablehlo.constant dense<0> : tensor<i64>
    %1 = stablehlo.compare GT, %arg1, %c_1, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %2 = stablehlo.convert %1 : (tensor<i1>) -> tensor<i32>
    %3 = "stablehlo.case"(%2) ({
      %13 = stablehlo.negate %arg0 : tensor<3x4xf32>
      stablehlo.return %13 : tensor<3x4xf32>
    }, {
      stablehlo.return %0#2 : tensor<3x4xf32>
    }) : (tensor<i32>) -> tensor<3x4xf32>
    %4 = stablehlo.convert %arg1 : (tensor<i64>) -> tensor<i32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %c_3 = stablehlo.constant dense<2> : tensor<i32>
    %5 = stablehlo.clamp %c_2, %4, %c_3 : tensor<i32>
    %6 = "stablehlo.case"(%5) ({
      stablehlo.return %3 : tensor<3x4xf32>
    }, {
      %13 = stablehlo.sine %3 : tensor<3x4xf32>
      stablehlo.return %13 : tensor<3x4xf32>
    }, {
      %13 = stablehlo.add %3, %arg0 : tensor<3x4xf32>
      stablehlo.return %13 : tensor<3x4xf32>
    }) : (tensor<i32>) -> tensor<3x4xf32>
    %7 = stablehlo.slice %arg0 [0:1, 0:4] : (tensor<3x4xf32>) -> tensor<1x4xf32>
    %8 = stablehlo.reshape %7 : (tensor<1x4xf32>) -> tensor<4xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %c_4 = stablehlo.constant dense<0> : tensor<i64>
    %10:4 = stablehlo.while(%iterArg = %arg0, %iterArg_5 = %c_4, %iterArg_6 = %8, %iterArg_7 = %9) : tensor<3x4xf32>, tensor<i64>, tensor<4xf32>, tensor<3x4xf32>
    cond {
      %c_8 = stablehlo.constant dense<3> : tensor<i64>
      %13 = stablehlo.compare LT, %iterArg_5, %c_8, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %13 : tensor<i1>
    } do {
      %13 = func.call @dynamic_index_in_dim(%iterArg, %iterArg_5) : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
      %14:2 = func.call @closed_call_0(%iterArg_6, %13) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
      %15 = func.call @dynamic_update_index_in_dim(%iterArg_7, %14#1, %iterArg_5) : (tensor<3x4xf32>, tensor<4xf32>, tensor<i64>) -> tensor<3x4xf32>
      %c_8 = stablehlo.constant dense<1> : tensor<i64>
      %16 = stablehlo.add %iterArg_5, %c_8 : tensor<i64>
      stablehlo.return %iterArg, %16, %14#0, %15 : tensor<3x4xf32>, tensor<i64>, tensor<4xf32>, tensor<3x4xf32>
    }
    %11 = stablehlo.abs %6 : tensor<3x4xf32>
    %12 = stablehlo.while(%iterArg = %11) : tensor<3x4xf32>
    cond {
      %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %13 = stablehlo.reduce(%iterArg init: %cst_5) applies stablehlo.add across dimensions = [0, 1] : (tensor<3x4xf32>, tensor<f32>) -> tensor<f32>
      %cst_6 = stablehlo.constant dense<1.000000e+02> : tensor<f32>
      %14 = stablehlo.compare LT, %13, %cst_6, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %14 : tensor<i1>
    } do {
      %cst_5 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
      %13 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
      %14 = stablehlo.multiply %iterArg, %13 : tensor<3x4xf32>
      %cst_6 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
      %15 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
      %16 = stablehlo.add %14, %15 : tensor<3x4xf32>
      stablehlo.return %16 : tensor<3x4xf32>
    }
    return %12, %10#3 : tensor<3x4xf32>, tensor<3x4xf32>
  }
  func.func private @closed_call(%arg0: tensor<i64>, %arg1: tensor<3x4xf32>) -> (tensor<i64>, tensor<3x4xf32>) {
    %c = stablehlo.constant dense<1> : tensor<i64>
    %0 = stablehlo.add %arg0, %c : tensor<i64>
    %cst = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %2 = stablehlo.multiply %arg1, %1 : tensor<3x4xf32>
    %3 = stablehlo.convert %arg0 : (tensor<i64>) -> tensor<f32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %5 = stablehlo.add %2, %4 : tensor<3x4xf32>
    return %0, %5 : tensor<i64>, tensor<3x4xf32>
  }
  func.func private @dynamic_index_in_dim(%arg0: tensor<3x4xf32>, %arg1: tensor<i64>) -> tensor<4xf32> {
    %c = stablehlo.constant dense<0> : tensor<i64>
    %0 = stablehlo.dynamic_slice %arg0, %arg1, %c, sizes = [1, 4] : (tensor<3x4xf32>, tensor<i64>, tensor<i64>) -> tensor<1x4xf32>
    %1 = stablehlo.reshape %0 : (tensor<1x4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  func.func private @closed_call_0(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %0 = stablehlo.add %arg0, %arg1 : tensor<4xf32>
    %1 = stablehlo.multiply %arg0, %arg1 : tensor<4xf32>
    return %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
  func.func private @dynamic_update_index_in_dim(%arg0: tensor<3x4xf32>, %arg1: tensor<4xf32>, %arg2: tensor<i64>) -> tensor<3x4xf32> {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %1 = stablehlo.dynamic_update_slice %arg0, %0, %arg2, %c : (tensor<3x4xf32>, tensor<1x4xf32>, tensor<i64>, tensor<i64>) -> tensor<3x4xf32>
    return %1 : tensor<3x4xf32>
  }
}
